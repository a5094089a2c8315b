/** Where there is land: a row of dots a line, a hexadecimal digit for every four of them. Natural Earth, public domain. */
export const LAND: readonly string[] = [
  "fffffffffffffff800e00400000000",
  "ffffdbf07c03801f7fffffffffffff",
  "ffff03803800007cffffffffffffff",
  "ffff01c00000007e1ffffffffffffa",
  "ffff81f800000c0cffffffffffff80",
  "7ffffbfe00000401fffffffffffe00",
  "3ffffbff0000177fffffffffffffe0",
  "3fffffe1000001ffffffffffffffe0",
  "1ffffff2000003ffffffffffffffa0",
  "1fffffe8000003f7e7efffffffff00",
  "1fffff8000001f1be0e7fffffffc60",
  "1fffff0000001e273ff7ffffffb840",
  "0fffff0000001e08bfe7ffffff1840",
  "07fffe0000000bf003ffffffff88c0",
  "03fffc0000001ff003ffffffff8600",
  "00fff80000001ffdffffffffffc000",
  "01fe000000003fffffefffffffc000",
  "00fc040000007ffffbf3ffffff8000",
  "001c00000000fffffdfe1fffff4000",
  "001c22000000fffffdff0fe7f00000",
  "000e40400000fffffefe07c3e80000",
  "0003c0000000fffffe780382f04000",
  "000070000000ffffff600300f04000",
  "000010000000ffffff800300b00000",
  "000009fc00007ffffff00180801000",
  "000001fe00003ffffff00080000000",
  "000001ff8000005fffe00001410000",
  "000003ffc000001fffc00000870000",
  "000007ffe000001fff8000004f0000",
  "000003fffc00001fff00000067c2c0",
  "000007ffff00000ffe0000002000f4",
  "000003ffff80000ffe0000000c0070",
  "000003ffff000007ff000000002004",
  "000001fffe000007ff100000000320",
  "000001fffe00000fff100000001620",
  "0000007ffe00000ffe700000003fb0",
  "0000003ffc00000ffc200000007ff8",
  "0000003ffc000007fc60000001fff8",
  "0000003fe0000007fc60000003fffc",
  "0000007fe0000007f800000003fffe",
];

/** What the dots cover, in degrees, and how far they are apart. */
export const WEST = -132;
export const NORTH = 68;
export const STEP = 2.4;
export const COLUMNS = 120;
export const ROWS = LAND.length;
