const MASK = (1n << 48n) - 1n;
const SERVER_SECRET = 0xb3415c00n;

/**
 * The password of a ZooKeeper session. The servers don't store it: they derive it from the id, as
 * `new java.util.Random(id ^ 0xB3415C00).nextBytes(16)`, which is what is done here.
 *
 * @param sessionId hexadecimal, with or without 0x.
 */
export function sessionPassword(sessionId: string): Buffer {
  const id = BigInt.asIntN(64, BigInt(`0x${sessionId.replace(/^0x/, '')}`));
  let seed = (id ^ SERVER_SECRET ^ 0x5deece66dn) & MASK;
  const password = Buffer.alloc(16);
  for (let offset = 0; offset < 16; offset += 4) {
    seed = (seed * 0x5deece66dn + 0xbn) & MASK;
    // nextInt() takes the upper 32 of 48 bits; nextBytes() hands them out lowest byte first.
    password.writeInt32LE(Number(BigInt.asIntN(32, seed >> 16n)), offset);
  }
  return password;
}
