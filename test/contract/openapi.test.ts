import { describe, expect, it } from 'vitest';
import type { Exchange } from '../simulator/exchange.ts';
import { contractAvailable, contractProblems } from './openapi.ts';

const why = contractAvailable ? '' : ' (skipped: the OpenAPI document is not beside the project)';
const v3 = 'application/vnd.illumina.v3+json';
const v4 = 'application/vnd.illumina.v4+json';
const project = '/ica/rest/api/projects/c78835ab-a488-4b97-848d-e606b0f31772';
const batch = 'c78835ab-a488-4b97-848d-e606b0f31772';

const good: Exchange = {
	number: 1,
	operation: 'getProjectDataList',
	method: 'GET',
	path: `${project}/data`,
	query: new URLSearchParams('status=AVAILABLE&status=PARTIAL&type=FILE&pageSize=1000'),
	headers: { accept: v3 },
	body: undefined,
	arrived: 0,
	concurrent: 1,
	response: { status: 200, headers: { 'content-type': v3 }, body: { items: [], nextPageToken: '' } },
	faulty: false,
};

function problemsOf(change: Partial<Exchange>): string[] {
	return contractProblems({ ...good, operation: 'unknown', ...change });
}

function query(text: string): string[] {
	return problemsOf({ query: new URLSearchParams(text) });
}

function answer(status: number, type: string, body: unknown): string[] {
	return problemsOf({ response: { status, headers: { 'content-type': type }, body } });
}

function link(body: unknown, headers: Exchange['headers'] = { accept: v4, 'content-type': v4 }): string[] {
	return problemsOf({
		method: 'POST',
		path: `${project}/dataLinkingBatch`,
		query: new URLSearchParams(),
		headers,
		body,
		response: undefined,
	});
}

const links = { items: [{ dataId: 'fil.1' }] };

describe.skipIf(!contractAvailable)(`the contract${why}`, () => {
	it('has nothing against a right request with a right answer', () => {
		expect(contractProblems(good)).toEqual([]);
		expect(link(links)).toEqual([]);
	});

	it('names a request that no operation, or a deprecated one, is there for', () => {
		expect(problemsOf({ path: '/ica/rest/api/nothing' })).toEqual([
			'GET /ica/rest/api/nothing: no such operation',
		]);
		expect(problemsOf({ method: 'PATCH' })[0]).toContain('no such operation');
		const analyses = problemsOf({ path: `${project}/analyses`, query: new URLSearchParams() });
		expect(analyses).toContain('getAnalyses: the operation is deprecated');
		expect(problemsOf({ operation: 'getProject' })).toEqual([
			'getProjectDataList: the request was taken for getProject',
		]);
	});

	it('tells operations apart whose paths look alike', () => {
		const path = `${project}/data/eligibleForLinking`;
		expect(problemsOf({ path, query: new URLSearchParams('x=1') })).toContain(
			'getDataEligibleForLinking: query x is not documented',
		);
	});

	it('names query parameters and values that are not documented', () => {
		expect(query('name=a')).toEqual(['getProjectDataList: query name is not documented']);
		expect(query('status=AVAILABLE,PARTIAL')).toEqual([
			'getProjectDataList: query status must be equal to one of the allowed values',
		]);
		expect(query('type=FILE&type=FOLDER')).toEqual(['getProjectDataList: query type is repeated']);
		expect(query('creationDateBefore=yesterday')).toHaveLength(1);
		expect(query('notInRun=yes')).toHaveLength(1);
		expect(query('notInRun=true&creationDateBefore=2024-01-01T00:00:00Z')).toEqual([]);
	});

	it('names path parameters without their format, and headers where they do not belong', () => {
		const request = { query: new URLSearchParams(), response: undefined };
		expect(problemsOf({ ...request, path: `${project}/dataLinkingBatch/${batch}` })).toEqual([]);
		expect(problemsOf({ ...request, path: `${project}/dataLinkingBatch/7` })).toEqual([
			'getProjectDataLinkingBatch: path batchId must match format "uuid"',
		]);
		const headers = { accept: v4, 'content-type': v4, 'idempotency-key': 'k' };
		expect(link(links, headers)).toEqual([
			'createProjectDataLinkingBatch: header idempotency-key is not documented',
		]);
	});

	it('names media types that are missing, wrong, or of two versions', () => {
		expect(problemsOf({ headers: {} })[0]).toContain('Accept "undefined" is not documented');
		expect(problemsOf({ headers: { accept: v4 } })[0]).toContain('is not documented');
		expect(link(links, { accept: v4 })[0]).toContain('Content-Type "" is not documented');
		expect(link(links, { accept: v4, 'content-type': v3 })[0]).toContain('differ in version');
		expect(link(links, { accept: v4, 'content-type': 'application/json' })[0]).toContain('differ in version');
		expect(link(links, { accept: v4, 'content-type': `${v4}; charset=utf-8` })).toEqual([]);
	});

	it('names bodies that are missing, not wanted, or not of their schema', () => {
		expect(link(undefined)).toEqual(['createProjectDataLinkingBatch: the request body is missing']);
		expect(problemsOf({ body: {} })).toEqual(['getProjectDataList: a request body is not documented']);
		expect(link({})[0]).toContain("request body must have required property 'items'");
		expect(link({ items: [{}] })[0]).toContain("request body/items/0 must have required property 'dataId'");
		expect(link({ ...links, name: 'x' })[0]).toContain('must NOT have additional properties: name');
	});

	it('respects what may be null, and matches patterns as a whole', () => {
		const search = (body: unknown): string[] =>
			problemsOf({
				method: 'POST',
				path: `${project}/analysis:search`,
				query: new URLSearchParams(),
				headers: { accept: v3, 'content-type': v3 },
				body,
				response: undefined,
			});
		expect(search({ status: ['SUCCEEDED'], reference: null })).toEqual([]);
		expect(search({ status: ['SUCCEEDED_'] })[0]).toContain('must match pattern');
		expect(search({ status: null })[0]).toContain('must be array');
	});

	it('names answers that are not documented', () => {
		expect(answer(202, v3, { items: [] })).toEqual(['getProjectDataList: status 202 is not documented']);
		expect(answer(200, v4, { items: [] })[0]).toContain('is not documented');
		expect(answer(200, v3, {})[0]).toContain("must have required property 'items'");
		expect(answer(200, v3, { items: [], more: 1 })[0]).toContain('must NOT have additional properties: more');
		expect(answer(404, 'text/html', 'gone')[0]).toContain('status 404 as "text/html" is not documented');
		expect(answer(404, 'application/problem+json', { status: 404 }).length).toBeGreaterThan(0);
		const data = { id: 'fil.1', details: { status: 'LOST', name: 'a', dataType: 'FILE' } };
		const wrong = answer(200, v3, { items: [{ data, projectId: 'x' }] });
		expect(wrong.join()).toContain('/items/0/data/details/status must be equal to one of the allowed values');
		expect(wrong.join()).toContain('/items/0/projectId must match format "uuid"');
	});

	it('wants no body where none is documented, and the answer in the version that was asked for', () => {
		const empty = { status: 204, headers: {}, body: undefined };
		for (const action of ['archive', 'unarchive', 'delete']) {
			const acted = { method: 'POST', path: `${project}/data/fil.1:${action}`, query: new URLSearchParams() };
			expect(problemsOf({ ...acted, operation: `${action}Data`, response: empty })).toEqual([]);
			expect(problemsOf({ ...acted, response: { ...empty, status: 200 } })).toEqual([
				`${action}Data: status 200 is not documented`,
			]);
			expect(problemsOf({ ...acted, body: {}, response: empty })).toEqual([
				`${action}Data: a request body is not documented`,
			]);
		}
		const deletion = { method: 'POST', path: `${project}/data/fil.1:delete`, query: new URLSearchParams() };
		expect(problemsOf({ ...deletion, response: { ...empty, body: {} } })).toEqual([
			'deleteData: status 204 has no body',
		]);
		const path = `${project}/dataLinkingBatch/${batch}/items`;
		const items = { path, query: new URLSearchParams(), headers: { accept: v4 } };
		const response = { status: 200, headers: { 'content-type': v3 }, body: { items: [] } };
		expect(problemsOf({ ...items, response })[0]).toContain(`"${v3}" was not asked for`);
	});

	it('does not judge the answer of a fault', () => {
		const response = { status: 200, headers: { 'content-type': 'text/html' }, body: 'Sign in' };
		expect(problemsOf({ response, faulty: true })).toEqual([]);
		expect(problemsOf({ response, faulty: true, query: new URLSearchParams('name=a') })).toHaveLength(1);
	});
});
