// What a page shows is asked for once, however many pages are made at the same time.
import { ORG, expect, go, test } from "../support/fixtures";

test("many pages with parts of their own are made side by side, and none of their parts fails", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/tools?search=calculate`);
  const tool = await owner.getByRole("link", { name: "Calculate" }).first().getAttribute("href");
  expect(tool).toBeTruthy();
  const parts = ["access", "executions", "versions", "definition"];
  const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => owner.request.get(`${tool}/${parts[number % parts.length]}`)));
  for (const answer of answers) {
    expect(answer.status()).toBe(200);
    // What the browser is to go on with: no part of it is an error.
    expect(await answer.text()).not.toMatch(/\\"Err\\":/);
  }
});
