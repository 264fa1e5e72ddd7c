import { createHash } from 'node:crypto';
import { answerOfBaseSpace, baseSpaceOperation, defaultBaseSpaceAnswer } from './basespace/service.ts';
import type { Exchange, S3Exchange } from './exchange.ts';
import { type Fault, FaultList } from './faults.ts';
import { Host, type Side } from './host.ts';
import { IcaService, parsedBody } from './ica.ts';
import { defaultAnswer } from './problems.ts';
import { findRoute } from './routes.ts';
import { S3Service, s3TargetOf } from './s3.ts';
import { defaultS3Answer } from './s3-error.ts';
import { Sessions } from './sessions.ts';
import { World } from './world.ts';

/** What a test may set before the simulator starts. */
export interface SimulatorOptions {
	/** The same seed gives the same ids, keys and tokens. */
	readonly seed?: number;
	readonly world?: World;
	readonly apiKey?: string;
	/** How long a JWT holds; a day when not said. */
	readonly tokenMillis?: number;
	/** How many calls a JWT is good for; unlimited when not said. */
	readonly tokenUses?: number;
	/** How long every request takes at least. */
	readonly latencyMillis?: number;
	/** How far the Date header of ICA's answers is ahead of the world's clock. */
	readonly dateSkewMillis?: number;
	/** Whether ICA's answers have a Date header at all; true when not said. */
	readonly dateSent?: boolean;
}

type Hook = (exchange: Exchange) => void | Promise<void>;

/** ICA, its storage and BaseSpace, on three ports of this machine. */
export interface Simulator {
	/** What `--server_url` gets. */
	readonly url: string;
	/** What `AWS_ENDPOINT_URL_S3` gets. */
	readonly s3Url: string;
	/** What `--basespace_url` gets. */
	readonly basespaceUrl: string;
	/** What is in the file of `--basespace_access_token_file`. */
	readonly basespaceToken: string;
	readonly apiKey: string;
	readonly world: World;
	/** Every request to BaseSpace, in the order of arrival. */
	readonly basespaceExchanges: Exchange[];
	/** Every request to ICA, in the order of arrival. */
	readonly exchanges: Exchange[];
	/** Every request to the storage, in the order of arrival. */
	readonly s3Exchanges: S3Exchange[];
	/** Every secret that was given to ICA, or that it issued, so far. */
	readonly secrets: readonly string[];
	/** How long every request takes at least, at all servers. */
	latencyMillis: number;
	/** How far the Date header of ICA's answers is ahead of the world's clock; the storage's always agrees with it. */
	dateSkewMillis: number;
	/** Whether ICA's answers have a Date header. */
	dateSent: boolean;
	addFault(fault: Fault): void;
	clearFaults(): void;
	/** Called, and waited for, when a request to ICA has arrived and nothing has been done yet. */
	onRequest?: Hook | undefined;
	/** Called, and waited for, when a request to ICA has had its effect and the answer is not sent yet. */
	onEffect?: Hook | undefined;
	/** Makes every JWT issued so far worthless. */
	expireTokens(): void;
	/** Stops all servers at once, whatever they are doing. */
	close(): Promise<void>;
}

class RunningSimulator implements Simulator {
	readonly world: World;
	readonly exchanges: Exchange[] = [];
	readonly s3Exchanges: S3Exchange[] = [];
	readonly basespaceExchanges: Exchange[] = [];
	readonly basespaceToken: string;
	latencyMillis: number;
	dateSkewMillis: number;
	dateSent: boolean;
	onRequest?: Hook | undefined;
	onEffect?: Hook | undefined;
	readonly #faults = new FaultList();
	readonly #sessions: Sessions;
	readonly #ica: Host;
	readonly #s3: Host;
	readonly #basespace: Host;

	constructor(options: SimulatorOptions) {
		this.world = options.world ?? new World(options.seed);
		this.latencyMillis = options.latencyMillis ?? 0;
		this.dateSkewMillis = options.dateSkewMillis ?? 0;
		this.dateSent = options.dateSent ?? true;
		this.#sessions = new Sessions(this.world, options.apiKey ?? `icaKey${this.world.ids.secret(40)}`, {
			tokenMillis: options.tokenMillis ?? 24 * 3_600_000,
			tokenUses: options.tokenUses ?? Number.POSITIVE_INFINITY,
		});
		// not by the world's ids, so that these are the same as without BaseSpace
		this.basespaceToken = createHash('sha256').update(this.#sessions.apiKey).digest('hex').slice(0, 32);
		this.#basespace = new Host(this.#basespaceSide(), this.#faults, () => this.latencyMillis);
		this.#s3 = new Host(this.#s3Side(), this.#faults, () => this.latencyMillis);
		this.#ica = new Host(this.#icaSide(), this.#faults, () => this.latencyMillis);
	}

	get url(): string {
		return this.#ica.url;
	}

	get s3Url(): string {
		return this.#s3.url;
	}

	get basespaceUrl(): string {
		return this.#basespace.url;
	}

	get apiKey(): string {
		return this.#sessions.apiKey;
	}

	get secrets(): readonly string[] {
		return [this.apiKey, ...this.#sessions.issued, ...this.world.credentials.secrets()];
	}

	async start(): Promise<void> {
		await Promise.all([this.#ica.start(), this.#s3.start(), this.#basespace.start()]);
	}

	addFault(fault: Fault): void {
		this.#faults.add(fault);
	}

	clearFaults(): void {
		this.#faults.clear();
	}

	expireTokens(): void {
		this.#sessions.expireAll();
	}

	async close(): Promise<void> {
		await Promise.all([this.#ica.close(), this.#s3.close(), this.#basespace.close()]);
	}

	#date(): Date | undefined {
		return this.dateSent ? new Date(this.world.now().getTime() + this.dateSkewMillis) : undefined;
	}

	#icaSide(): Side {
		const service = new IcaService(this.world, this.#sessions, () => this.s3Url);
		return {
			name: 'ica',
			date: () => this.#date(),
			admit: (request, bytes) => {
				const route = findRoute(request.method, request.path);
				const exchange: Exchange = {
					...request,
					operation: route?.operation.id ?? 'unknown',
					body: parsedBody(bytes),
					response: undefined,
					faulty: false,
				};
				this.exchanges.push(exchange);
				return { exchange, answer: () => service.answer({ arrival: exchange, route, bytes }) };
			},
			usual: (status, body) => defaultAnswer(this.world, status, body),
			onRequest: (exchange) => this.onRequest?.(exchange),
			onEffect: (exchange) => this.onEffect?.(exchange),
		};
	}

	#basespaceSide(): Side {
		return {
			name: 'basespace',
			date: () => this.#date(),
			admit: (request, bytes) => {
				const operation = baseSpaceOperation(request.method, request.path);
				const exchange = {
					...request,
					operation,
					body: parsedBody(bytes),
					response: undefined,
					faulty: false,
				};
				this.basespaceExchanges.push(exchange);
				const { basespace } = this.world;
				return { exchange, answer: () => answerOfBaseSpace(basespace, this.basespaceToken, exchange) };
			},
			usual: defaultBaseSpaceAnswer,
			onRequest: () => undefined,
			onEffect: () => undefined,
		};
	}

	#s3Side(): Side {
		const service = new S3Service(this.world);
		return {
			name: 's3',
			date: () => this.world.now(),
			admit: (request, bytes) => {
				const target = s3TargetOf(request.method, request.path);
				const exchange = { ...request, ...target, body: bytes, response: undefined, faulty: false };
				this.s3Exchanges.push(exchange);
				return { exchange, answer: () => service.answer(exchange, bytes) };
			},
			usual: defaultS3Answer,
			onRequest: () => undefined,
			onEffect: () => undefined,
		};
	}
}

/** Starts ICA, its storage and BaseSpace on free ports of the loopback address, with an empty world unless one is given. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new RunningSimulator(options);
	await simulator.start();
	return simulator;
}
