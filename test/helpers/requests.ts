/** A request that asks for nothing in particular. */
export const someRequest = {
	label: 'x',
	method: 'GET',
	url: '',
	headers: {},
	body: undefined,
	isReadOnly: true,
} as const;
