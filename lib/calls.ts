/** How much may be asked by one request to the API: what both ends keep to. */
export const MOST_CALLS = 32;
/** Characters of an address, of which proxies have bounds of their own. */
export const MOST_ADDRESS = 8_000;
