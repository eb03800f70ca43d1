import type { Metric, TrainingMetrics } from "./training-metrics.js";

/** Figures that are drawn together, and what they say in one plain sentence. */
export interface PanelKind {
	id: string;
	title: string;
	sentence: string;
	/** Names, in full or after a prefix with slashes, of every trainer that is known. */
	names: RegExp;
	/** Those that are no figure over the steps but say what it rests on: told as numbers, not drawn beside it. */
	told?: RegExp;
	/** Over a scale of powers of ten unless told otherwise. */
	isLog?: true;
}

export interface Panel extends PanelKind {
	metrics: readonly Metric[];
	/** Of these. */
	drawn: readonly Metric[];
}

/** The first one whose pattern a name has; the order is that of the screen. */
const KINDS: readonly PanelKind[] = [
	{
		id: "energy",
		title: "energy AUC",
		sentence:
			"How energies order candidates that nothing was learnt from: above .5, and above its controls without or with another action.",
		names: /^eval\/((no_action_|shuffled_|among_)?auc(_among_valid)?|rerankable)$/,
		told: /rerankable|shuffled|among_auc|no_action_auc_/,
	},
	{
		id: "retrieval",
		title: "retrieval (MRR)",
		sentence:
			"Where the true after-state comes among those of other questions; asked by the question it should be well above without.",
		names: /^eval\/((no_action_)?mrr|retrieved_among)$/,
		told: /retrieved_among/,
	},
	{
		id: "rank",
		title: "effective rank",
		sentence: "Directions that states make use of, over their width; below 0.2 they have collapsed.",
		names: /^eval\/(effective_rank_ratio|(least|median)_variance|mean_cosine)$/,
		told: /variance|cosine/,
	},
	{
		id: "pass",
		title: "pass head AUC",
		sentence:
			"How the probability to pass orders candidates that nothing was learnt from; it learns from labels, energies do not.",
		names: /^eval\/pass_auc(_among_valid)?$/,
	},
	{
		id: "held-out",
		title: "held out",
		sentence: "On prompts that nothing is learnt from: the figure that counts.",
		names: /^(eval[/_]|val-core\/|val\/).*|^validation_loss$/,
		told: /[/_](prompts|samples|without_verdict|runtime|samples_per_second|steps_per_second)$/,
	},
	{
		id: "reward",
		title: "reward",
		sentence: "Mean reward of the attempts; it should rise, and the held-out reward with it.",
		names:
			/^(reward|reward_std|rewards?\/.*|critic\/(score|rewards|advantages|returns|values)\/.*|rollout\/reward_(mean|std)|.*\/reward\/mean|pass_rate)$/,
	},
	{
		id: "loss",
		title: "loss",
		sentence:
			"Fine-tuning and world models: it should fall. With rewards it stays near 0 and says little about progress.",
		names: /(^|\/)((policy_|pg_|act_|value_|vf_|critic_)?loss(\/mean)?|perplexity|mean_token_accuracy)$/,
	},
	{
		id: "loss-parts",
		title: "prediction and spread",
		sentence:
			"What predictions of after-states miss, by the question and by edit operations, and how far states are from well spread.",
		names: /^(prediction|sigreg|operations)$/,
	},
	{
		id: "contrasts",
		title: "contrasts",
		sentence:
			"How well after-states are told from others of their question, from those of other questions, and accepted ones from rejected.",
		names: /^(set|contrast|pass|action)$/,
	},
	{
		id: "signal",
		title: "groups with signal",
		sentence: "Share of prompts whose attempts differ in reward; only these teach anything.",
		names: /^(informative|frac_reward_zero_std|dynamic_filtering_pass_rate|completions\/distinct)$/,
	},
	{
		id: "kl",
		title: "divergence (KL)",
		sentence: "How far the model has gone from where it began; a jump means an update was too large.",
		names: /(^|[/_])(approx_)?kl([/_]|$)|kl_loss|mismatch_kl/,
	},
	{
		id: "entropy",
		title: "entropy",
		sentence: "How undecided the model is; near 0 it says one thing only and finds nothing new.",
		names: /(^|\/)(entropy|ent_loss)(\/|$)/,
	},
	{
		id: "clip",
		title: "clip fraction",
		sentence: "Share of tokens that an update would have moved too far; 0 is normal with one update a step.",
		names:
			/(^|\/)(clip_ratio\/.*|clip_(low|high|fraction|share).*|clipped|clipfrac|pg_clipfrac.*|value_clipped|clipped_(low|high)|masked_advantage.*)$|^clip/,
	},
	{
		id: "grad-norm",
		title: "gradient norm",
		sentence: "Size of each update before clipping; ten times what it was just before is an alarm.",
		names: /(^|\/)grad_norm$/,
		isLog: true,
	},
	{
		id: "length",
		title: "lengths",
		sentence: "Tokens of the attempts; those that are cut off at the limit earn nothing.",
		names:
			/(^|\/)(mean|min|max)(_terminated)?_length$|response_length.*|num_output_tokens|^completions\/(truncated|clipped_ratio)$|truncated(_rate|\/mean)?$/,
	},
	{
		id: "speed",
		title: "tokens a second",
		sentence: "How fast it learns; a fall means that something else takes the machine.",
		names: /(^|\/)(tokens_per_second|throughput|mfu(\/.*)?)$/,
	},
	{
		id: "time",
		title: "seconds of a step",
		sentence: "Where the time goes: sampling, judging, or the update itself.",
		names: /^(seconds|timing_s|timing|time)\/|^(seconds|step_time)$|time_per_step$/,
	},
	{
		id: "rate",
		title: "learning rate",
		sentence: "What the schedule allows at each step.",
		names: /(^|\/)(learning_rate|lr|act_lr)$/,
	},
	{
		id: "memory",
		title: "memory",
		sentence: "The most that was in use; training ends when there is no more.",
		names: /memory/,
	},
];

const OTHER: Omit<PanelKind, "names"> = {
	id: "other",
	title: "other",
	sentence: "Figures of this trainer that belong to no panel.",
};

/** Panels that have something to show, in a fixed order; figures of unknown names come last, as `other`. */
export function panelsOf({ metrics }: TrainingMetrics): Panel[] {
	const found = new Map<string, Metric[]>();
	for (const metric of metrics.values()) {
		const id = panelOf(metric.name);
		found.set(id, [...(found.get(id) ?? []), metric]);
	}
	const known = KINDS.flatMap((kind) => {
		const own = found.get(kind.id);
		return own === undefined ? [] : [panelWith(kind, own)];
	});
	const others = found.get(OTHER.id);
	return others === undefined ? known : [...known, panelWith({ ...OTHER, names: /./ }, others)];
}

function panelWith(kind: PanelKind, metrics: readonly Metric[]): Panel {
	return { ...kind, metrics, drawn: metrics.filter(({ name }) => !kind.told?.test(name)) };
}

/** Id of the panel of a figure, by the name that any known trainer gives it. */
export function panelOf(name: string): string {
	return KINDS.find(({ names }) => names.test(name))?.id ?? OTHER.id;
}
