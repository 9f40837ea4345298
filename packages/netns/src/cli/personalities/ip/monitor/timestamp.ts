const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment, in microseconds since 1970, as `-timestamp` has it: a line of its own, or in front of the line. */
export function timestamp(microseconds: number, short: boolean): string {
  const at = new Date(Math.floor(microseconds / 1000));
  const rest = String(Math.floor(microseconds % 1e6)).padStart(6, '0');
  const two = (number: number, blank = '0') => String(number).padStart(2, blank);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (short) return `[${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${time}.${rest}] `;
  const day = `${days[at.getDay()]} ${months[at.getMonth()]} ${two(at.getDate(), ' ')}`;
  return `Timestamp: ${day} ${time} ${at.getFullYear()} ${Number(rest)} usec\n`;
}
