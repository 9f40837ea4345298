const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment, in microseconds since 1970, as `-timestamp` has it: a line of its own, or in front of the line. */
export function timestamp(microseconds: number, short: boolean): string {
  const at = new Date(Math.floor(microseconds / 1000));
  const rest = String(Math.floor(microseconds % 1e6)).padStart(6, '0');
  if (short) return `[${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${timeOf(at)}.${rest}] `;
  return `Timestamp: ${dateOf(at)} ${Number(rest)} usec\n`;
}

/** A moment that a file tells of, on a line of its own. */
export function recordedAt(seconds: number, microseconds: number): string {
  return `Timestamp: ${dateOf(new Date(seconds * 1000))} ${microseconds} us\n`;
}

/** As C's asctime(3) has it. */
function dateOf(at: Date): string {
  const day = `${days[at.getDay()]} ${months[at.getMonth()]} ${two(at.getDate(), ' ')}`;
  return `${day} ${timeOf(at)} ${at.getFullYear()}`;
}

function timeOf(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(number: number, blank = '0'): string {
  return String(number).padStart(2, blank);
}
