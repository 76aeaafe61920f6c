// Frames as the page itself sees them, and the table made of them.
import { type Page } from "@playwright/test";

export interface Frames {
  /** Frames a second. */
  rate: number;
  /** The longest time between two frames, ms. */
  longest: number;
  /** The time that 95 of 100 frames keep, ms. */
  most: number;
}

interface Counter {
  counting: boolean;
  times: number[];
}

/** Must be called before the page loads. */
export async function counting(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counter: Counter = { counting: false, times: [] };
    Object.assign(window, { frames_: counter });
    const tick = (now: number) => {
      if (counter.counting) counter.times.push(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
}

/** What the page showed while something was done. */
export async function shown(page: Page, act: () => Promise<unknown>): Promise<Frames> {
  const counter = "frames_";
  await page.evaluate((name) => {
    const counter = (window as unknown as Record<string, Counter>)[name];
    if (counter) Object.assign(counter, { counting: true, times: [] });
  }, counter);
  await act();
  const times = await page.evaluate((name) => {
    const counter = (window as unknown as Record<string, Counter>)[name];
    if (counter) counter.counting = false;
    return counter?.times ?? [];
  }, counter);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => a - b);
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  return { rate: (gaps.length * 1000) / whole, longest: gaps.at(-1) ?? Number.NaN, most: gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN };
}

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export function summary(names: string[], rows: Record<string, Record<string, number | Frames>[]>): string {
  const [first] = names;
  const lines = [`| | ${names.join(" | ")} |`, `| --- |${names.map(() => " --- |").join("")}`];
  for (const what of Object.keys(rows[first ?? ""]?.[0] ?? {})) {
    const cells = names.map((name) => {
      const found = (rows[name] ?? []).map((row) => row[what]).filter((value) => value !== undefined);
      const numbers = found.filter((value) => typeof value === "number");
      if (numbers.length > 0) return middle(numbers).toFixed(0);
      const frames = found.filter((value) => typeof value === "object");
      return `${middle(frames.map((frame) => frame.rate)).toFixed(0)} / ${middle(frames.map((frame) => frame.longest)).toFixed(0)}`;
    });
    lines.push(`| ${what} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}
