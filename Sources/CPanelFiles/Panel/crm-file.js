// Reads a file that was chosen or dropped as text, and says what is wrong with it before it is sent.
import { count } from './format.js';
import { words as all } from './crm-words.js';

const words = all.importing;
const mebibyte = 1_048_576;
const largest = 32 * mebibyte; // the server's limit for an import

/** {text, isGuessed} or {refusal}; `isGuessed`: not UTF-8, so read as Windows-1252. */
export async function readFile(file) {
  if (file.size === 0) return { refusal: words.emptyFile };
  if (file.size > largest) return { refusal: words.tooLarge(count(Math.ceil(file.size / mebibyte))) };
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { refusal: words.unreadable };
  }
  const { text, isGuessed } = decoded(bytes);
  // Text has no NUL; spreadsheets and archives do, within their first bytes.
  if (text.slice(0, 4096).includes('\u0000')) return { refusal: words.notText };
  return text.trim() === '' ? { refusal: words.emptyFile } : { text, isGuessed };
}

function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: decode(bytes, 'utf-16le'), isGuessed: false };
  if (first === 0xfe && second === 0xff) return { text: decode(bytes, 'utf-16be'), isGuessed: false };
  try {
    return { text: decode(bytes, 'utf-8', { fatal: true }), isGuessed: false };
  } catch {
    return { text: decode(bytes, 'windows-1252'), isGuessed: true };
  }
}

const decode = (bytes, encoding, options) => new TextDecoder(encoding, options).decode(bytes);
