/**
 * The first byte of everything in a canonical encoding: `docs/key-format.md` says what follows it.
 *
 * No two are alike, and changing one changes every key.
 *
 * @module
 */

/** The tags, by what they announce. */
export const Tag = {
  undefined: 0x75, // u
  null: 0x7a, // z
  true: 0x74, // t
  false: 0x66, // f
  number: 0x64, // d
  bigint: 0x69, // i
  string: 0x73, // s
  registeredSymbol: 0x79, // y
  wellKnownSymbol: 0x59, // Y
  describedSymbol: 0x6a, // j

  array: 0x41, // A
  holes: 0x68, // h
  object: 0x4f, // O
  arguments: 0x47, // G
  namespace: 0x4a, // J
  map: 0x4d, // M
  set: 0x53, // S
  date: 0x44, // D
  regExp: 0x52, // R
  error: 0x45, // E
  boxed: 0x42, // B
  url: 0x55, // U
  searchParams: 0x51, // Q
  dense: 0x4e, // N
  ndarray: 0x6e, // n
  arrow: 0x57, // W
  code: 0x46, // F
  bound: 0x62, // b
  intrinsic: 0x49, // I
  package: 0x6b, // k
  reached: 0x40, // @
  leftOut: 0x21, // !
  hidden: 0x3f, // ?
  told: 0x6d, // m
  registered: 0x72, // r

  nullPrototype: 0x50, // P
  classChain: 0x43, // C
  superclass: 0x56, // V
  inherited: 0x76, // v
  stringTag: 0x54, // T
  extras: 0x58, // X
  accessor: 0x67, // g
  absent: 0x61, // a
  computed: 0x63, // c

  ancestor: 0x5e, // ^
  digest: 0x23, // #
} as const;
