// Pages arrive in chunks of WebAssembly: what is not looked at is not loaded, and one that cannot be loaded takes nothing with it.
import { type Page } from "@playwright/test";
import { board, newWorkflow } from "../support/canvas";
import { ORG, expect, go, scripted, test } from "../support/fixtures";

/** The names of the chunks that this page asks for from now on. */
function asked(page: Page): Set<string> {
  const names = new Set<string>();
  page.on("request", (request) => {
    const name = /\/pkg\/split_(\w+)\.wasm/.exec(request.url())?.[1];
    if (name) names.add(name);
  });
  return names;
}

test("the document names the chunk of its page, and no other is loaded until it is needed", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "chunks are for a script");
  const chunks = asked(owner);
  const answer = await owner.request.get(`/${ORG.slug}/tools`);
  const named = [...(await answer.text()).matchAll(/<link[^>]*href="[^"]*\/split_(\w+)\.wasm"[^>]*>/g)];
  expect(named.map(([link, name]) => [name, /rel="preload"/.test(link)])).toEqual([["tools", true]]);

  await go(owner, `/${ORG.slug}/members`);
  expect([...chunks]).toEqual(["pages"]);
  await owner.getByRole("navigation").getByRole("link", { name: "Tools", exact: true }).first().click();
  await expect(owner.getByRole("heading", { level: 1, name: "Tools" })).toBeVisible();
  expect([...chunks].sort()).toEqual(["pages", "tools"]);

  // The page of a workflow is where the canvas comes.
  const path = await newWorkflow(owner, "In a chunk of its own");
  await expect(board(owner)).toBeVisible();
  expect([...chunks].sort()).toEqual(["canvas", "pages", "tools"]);
  chunks.clear();
  await go(owner, path);
  await expect(board(owner)).toBeVisible();
  expect([...chunks]).toEqual(["canvas"]);
});

test("a chunk that cannot be loaded is said, the pages that are there stay, and it is loaded again", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "chunks are for a script");
  await go(owner, `/${ORG.slug}/members`);
  await owner.route("**/split_tools.wasm", (route) => route.abort("connectionfailed"));
  const navigation = owner.getByRole("navigation");
  await navigation.getByRole("link", { name: "Tools", exact: true }).first().click();
  await expect(owner.getByText("This page could not be loaded")).toBeVisible();
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/tools$`));

  await navigation.getByRole("link", { name: "Agents", exact: true }).first().click();
  await expect(owner.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();

  await navigation.getByRole("link", { name: "Tools", exact: true }).first().click();
  await expect(owner.getByText("This page could not be loaded")).toBeVisible();
  await owner.unroute("**/split_tools.wasm");
  await owner.getByRole("link", { name: "Load it again" }).click();
  await expect(owner.getByRole("heading", { level: 1, name: "Tools" })).toBeVisible();
});
