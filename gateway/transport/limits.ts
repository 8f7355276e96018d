/** The largest response that a subgraph may give, in bytes: as they come, and as they are once decompressed. */
export const maxResponseBytes = 16 * 1024 * 1024;
