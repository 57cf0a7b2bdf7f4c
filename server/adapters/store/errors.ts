/** Why the embedded server can't run here, in one sentence. */
export class CannotEmbed extends Error {}
