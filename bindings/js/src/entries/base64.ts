/** The bytes behind base64 text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as {
    Buffer?: { from(text: string, encoding: string): Uint8Array<ArrayBuffer> };
  };
  return Buffer
    ? Buffer.from(text, "base64")
    : Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
