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
