/** A piece of JSON that is written as it stands, or a value that is still to be written. */
type Piece = { readonly text: string } | { readonly value: unknown };

function listed(open: string, items: readonly (readonly Piece[])[], close: string): Piece[] {
	const separated = items.flatMap((item, index) => (index === 0 ? item : [{ text: ',' }, ...item]));
	return [{ text: open }, ...separated, { text: close }];
}

function piecesOf(value: object): Piece[] {
	if (Array.isArray(value)) {
		return listed(
			'[',
			value.map((item) => [{ value: item }]),
			']',
		);
	}
	const fields = Object.entries(value).filter(([, field]) => field !== undefined);
	return listed(
		'{',
		fields.map(([name, field]) => [{ text: `${JSON.stringify(name)}:` }, { value: field }]),
		'}',
	);
}

/** What JSON.stringify makes of plain data, at any depth: JSON.stringify itself ends at a few thousand levels. */
export function deepJson(data: unknown): string {
	const texts: string[] = [];
	const rest: Piece[] = [{ value: data }];
	for (let piece = rest.pop(); piece !== undefined; piece = rest.pop()) {
		if ('text' in piece) {
			texts.push(piece.text);
		} else if (typeof piece.value === 'object' && piece.value !== null) {
			rest.push(...piecesOf(piece.value).reverse());
		} else {
			texts.push(JSON.stringify(piece.value ?? null));
		}
	}
	return texts.join('');
}
