/**
 * Characters that are one cell wide wherever they stand, as ranges of a regular expression: ASCII, Latin letters, and the
 * borders, arrows, dots and blocks that the screens are made of. None of them joins with a neighbour among them.
 */
export const NARROW_SIGNS =
	"\\u0020-\\u007E\\u00A1-\\u00A8\\u00AA-\\u00AC\\u00AF-\\u00FF\\u2022\\u2026\\u2190-\\u2193\\u2500-\\u259F\\u25B8\\u25CB\\u25CF\\u2800-\\u28FF";
