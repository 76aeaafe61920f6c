// Real touches, one finger or several.
import { type CDPSession, type Page } from "@playwright/test";

export interface Place {
  x: number;
  y: number;
}

/** Fingers, each with its number. */
export class Fingers {
  private down = new Map<number, Place>();
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  static async of(page: Page): Promise<Fingers> {
    return new Fingers(page, await page.context().newCDPSession(page));
  }

  private send(type: "touchStart" | "touchMove" | "touchEnd"): Promise<unknown> {
    const touchPoints = [...this.down].map(([id, { x, y }]) => ({ id, x, y }));
    return this.session.send("Input.dispatchTouchEvent", { type, touchPoints });
  }

  async press(...places: Place[]): Promise<void> {
    for (const [id, place] of places.entries()) {
      this.down.set(id, place);
      await this.send("touchStart");
    }
  }

  /** All fingers to their new places, in steps. */
  async move(...places: Place[]): Promise<void> {
    const from = [...this.down.values()];
    for (let step = 1; step <= 8; step++) {
      for (const [id, to] of places.entries()) {
        const start = from[id] ?? to;
        this.down.set(id, { x: start.x + ((to.x - start.x) * step) / 8, y: start.y + ((to.y - start.y) * step) / 8 });
      }
      await this.send("touchMove");
    }
  }

  async lift(): Promise<void> {
    this.down.clear();
    await this.send("touchEnd");
  }

  async hold(): Promise<void> {
    await this.page.waitForTimeout(600);
  }
}

export async function middle(page: Page, selector: string): Promise<Place> {
  const box = (await page.locator(selector).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
