import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** How long a JWT holds. */
export interface TokenRules {
	readonly tokenMillis: number;
	readonly tokenUses: number;
}

interface Session {
	readonly expires: number;
	uses: number;
}

function part(value: object): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Who may call: the API key, and the JWTs that were made from it. */
export class Sessions {
	readonly apiKey: string;
	readonly #world: World;
	readonly #rules: TokenRules;
	readonly #sessions = new Map<string, Session>();
	readonly #issued: string[] = [];

	constructor(world: World, apiKey: string, rules: TokenRules) {
		this.#world = world;
		this.apiKey = apiKey;
		this.#rules = rules;
	}

	/** Every JWT issued so far. */
	get issued(): readonly string[] {
		return this.#issued;
	}

	/** A new JWT for the key in these headers, or a 401. */
	exchange(headers: Readonly<Record<string, string>>): string {
		if (headers['x-api-key'] !== this.apiKey) {
			throw new Refusal(401, 'The API key is missing or not valid.');
		}
		const expires = this.#world.now().getTime() + this.#rules.tokenMillis;
		const claims = { sub: this.#world.ids.uuid(), iss: 'ilmn-iam', exp: Math.floor(expires / 1000) };
		const token = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${this.#world.ids.secret(86)}`;
		this.#sessions.set(token, { expires, uses: this.#rules.tokenUses });
		this.#issued.push(token);
		return token;
	}

	/** Lets a call with a good key or JWT pass; a 401 for all others. */
	check(headers: Readonly<Record<string, string>>): void {
		const bearer = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
		if (bearer === undefined) {
			this.#checkKey(headers['x-api-key']);
			return;
		}
		const session = this.#sessions.get(bearer);
		if (session === undefined || session.expires <= this.#world.now().getTime() || session.uses <= 0) {
			throw new Refusal(401, 'The JWT is not valid or has expired.');
		}
		session.uses -= 1;
	}

	/** No JWT issued so far is good any more. */
	expireAll(): void {
		this.#sessions.clear();
	}

	#checkKey(key: string | undefined): void {
		if (key !== this.apiKey) {
			throw new Refusal(401, 'Authentication is required: no JWT, and no valid API key.');
		}
	}
}
