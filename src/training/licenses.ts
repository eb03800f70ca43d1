/** SPDX names, in lower case, of licences that let anybody make and share derived works. */
const OPEN = [
	/^mit(-0)?$/,
	/^apache-2\.0$/,
	/^bsd-[0-4]-clause$/,
	/^0bsd$/,
	/^isc$/,
	/^cc0-1\.0$/,
	/^cc-by-[34]\.0$/,
	/^unlicense$/,
	/^zlib$/,
	/^bsl-1\.0$/,
	/^psf-2\.0$/,
	/^python-2\.0$/,
	/^wtfpl$/,
];

/** A task whose licence nobody has named is not trained on. */
export function allowsTraining(license: string | null): boolean {
	const name = license?.trim().toLowerCase();
	return name !== undefined && OPEN.some((pattern) => pattern.test(name));
}

/** What a licence's own words say it is. */
const TEXTS: readonly [name: string, words: RegExp][] = [
	["AGPL-3.0", /GNU AFFERO GENERAL PUBLIC LICENSE/i],
	["LGPL", /GNU LESSER GENERAL PUBLIC LICENSE/i],
	["GPL", /GNU GENERAL PUBLIC LICENSE/i],
	["MPL-2.0", /Mozilla Public License/i],
	["Apache-2.0", /Apache License,?\s+Version 2\.0/i],
	["Unlicense", /This is free and unencumbered software released into the public domain/i],
	["CC0-1.0", /CC0 1\.0 Universal/i],
	["BSD-3-Clause", /Redistributions of source code[\s\S]*Neither the name/i],
	["BSD-2-Clause", /Redistributions of source code/i],
	[
		"ISC",
		/Permission to use, copy, modify,? and\/?(?:or)? ?distribute this software for any\s+purpose with or without fee/i,
	],
	["MIT", /Permission is hereby granted, free of charge, to any person obtaining a copy/i],
];

/** SPDX name of a licence text; null: it is none of the common ones. */
export function licenseOfText(text: string): string | null {
	return TEXTS.find(([, words]) => words.test(text))?.[0] ?? null;
}
