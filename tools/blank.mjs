/**
 * Blanks the parts of a TypeScript file that are not code, so that a plain search finds code only.
 *
 * `code` has comments, strings and regular expressions replaced by spaces, `text` only comments. Quotes, offsets and
 * line breaks stay where they were, so a match in one can be looked up in the other.
 */
export function blank(source) {
  const code = [...source];
  const text = [...source];
  const blankOut = (from, to, ...targets) => {
    for (let i = from; i < to; i++) if (source[i] !== '\n') for (const target of targets) target[i] = ' ';
  };
  // One entry per open `${`: how many braces are open inside it.
  const braces = [];
  let before = ''; // the code seen last, to tell a regular expression from a division
  let i = 0;
  while (i < source.length) {
    const char = source[i];
    let end = i + 1;
    if (source.startsWith('//', i)) {
      end = endOf(source, '\n', i);
      blankOut(i, end, code, text);
    } else if (source.startsWith('/*', i)) {
      end = endOf(source, '*/', i + 2) + 2;
      blankOut(i, end, code, text);
    } else if (char === "'" || char === '"') {
      end = closing(source, i + 1, char) + 1;
      blankOut(i + 1, end - 1, code);
      before = char;
    } else if (char === '`' || (char === '}' && braces.at(-1) === 0)) {
      if (char === '}') braces.pop();
      const stop = templateStop(source, i + 1);
      blankOut(i + 1, stop, code);
      if (source[stop] === '$') braces.push(0);
      before = source[stop] === '$' ? '{' : '`';
      end = stop + (source[stop] === '$' ? 2 : 1);
    } else if (char === '/' && startsExpression(before)) {
      end = regexpEnd(source, i + 1) + 1;
      blankOut(i + 1, end - 1, code);
      before = '/';
    } else {
      if (braces.length > 0 && (char === '{' || char === '}')) braces.push(braces.pop() + (char === '{' ? 1 : -1));
      if (char.trim() !== '') before = /\w/.test(char) && /\w/.test(source[i - 1] ?? '') ? before + char : char;
    }
    i = end;
  }
  return { code: code.join(''), text: text.join('') };
}

function endOf(source, mark, from) {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at;
}

function closing(source, from, quote) {
  let i = from;
  while (i < source.length && source[i] !== quote && source[i] !== '\n') i += source[i] === '\\' ? 2 : 1;
  return i;
}

function templateStop(source, from) {
  let i = from;
  while (i < source.length && source[i] !== '`' && !source.startsWith('${', i)) i += source[i] === '\\' ? 2 : 1;
  return i;
}

function regexpEnd(source, from) {
  let inClass = false;
  let i = from;
  while (i < source.length && source[i] !== '\n' && (inClass || source[i] !== '/')) {
    if (source[i] === '[') inClass = true;
    if (source[i] === ']') inClass = false;
    i += source[i] === '\\' ? 2 : 1;
  }
  return i;
}

/** Whether a `/` after `before` starts a regular expression: after an operator, an opening bracket or a keyword. */
function startsExpression(before) {
  return before === '' || /^(?:[-(,=:[!&|?{};+*%<>~^]|return|typeof|case|in|of|do|else|yield|await)$/.test(before);
}
