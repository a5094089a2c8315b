/** Literals of open enums. */

/** The values of an open enum that this version knows. */
type Known<Open extends string> = Open extends unknown
  ? string extends Open
    ? never
    : Open
  : never;

/**
 * What can be given for an open enum: a literal that this version knows, or text that is known only when the program
 * runs. A misspelled literal is an error of types.
 */
export type Spelled<Open extends string, Text extends string> = string extends Text
  ? Text
  : Known<Open>;
