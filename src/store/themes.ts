/** Colour themes of the screens, in the order in which a key goes through them. */
export const THEMES = ["dark", "light", "high-contrast", "none"] as const;
export type ThemeName = (typeof THEMES)[number];
