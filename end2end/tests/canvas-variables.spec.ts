// Variables such as {{organization_name}} in the texts of a step: offered where a run fills them in, and filled in by a run.
import { type Page } from "@playwright/test";
import { add, board, newWorkflow, node, open, saved } from "../support/canvas";
import { ORG, expect, fill, go, scripted, test } from "../support/fixtures";

const field = (page: Page, name: string) => page.locator(`[data-field="${name}"]`);
const offers = (page: Page) => page.getByRole("listbox", { name: "What could follow" });

async function declare(page: Page, name: string, value: string): Promise<void> {
  await go(page, `/${ORG.slug}/settings/variables`);
  const form = page.locator('form:has([name="name"])');
  await form.locator('[name="name"]').fill(name);
  await form.locator('[name="value"]').fill(value);
  const made = page.waitForResponse((answer) => answer.url().includes("/variables/create"));
  await form.getByRole("button").click();
  expect((await made).status()).toBeLessThan(400);
}

/** Runs the draft and gives what the step gave. */
async function run(page: Page, id: string): Promise<string> {
  await board(page).focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await expect(node(page, id).locator("[data-run]")).toHaveAttribute("data-run", "success", { timeout: 30_000 });
  await node(page, id).click();
  const output = page.getByRole("tabpanel", { name: /^Data of/ }).getByRole("group", { name: "Output of the step" });
  await expect(output).toContainText("Hello");
  const text = await output.innerText();
  await page.getByRole("toolbar", { name: "Run", exact: true }).getByRole("button", { name: "Draft", exact: true }).click();
  await expect(node(page, id).locator("[data-run]")).toHaveCount(0);
  return text;
}

test("variables are offered in texts and in the list of places, warned of where no run has them, and filled in", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await declare(owner, "support_mail", "help@acme.example");
  await declare(owner, "ticket", "");
  await go(owner, `/${ORG.slug}/tools/new?kind=shell`);
  await fill(owner, "form[script]", 'echo "Hello $NAME"\n');
  await fill(owner, "form[name]", "greet_by_variable");
  await owner.getByRole("button", { name: "Register tool" }).click();
  await owner.waitForURL(/\/tools\/[0-9a-f-]{36}/);
  await open(owner, await newWorkflow(owner, "With variables"));
  await board(owner).focus();
  await add(owner, "greet_by_variable");
  const greet = "greet_by_variable";
  await node(owner, greet).click();

  // In a text, at the caret.
  const text = field(owner, "name").getByRole("textbox");
  await text.focus();
  await owner.keyboard.type("Ada of {{na");
  await expect(offers(owner).getByRole("option")).toHaveText([/^organization_name/]);
  await owner.keyboard.press("Enter");
  await expect(text).toHaveValue("Ada of {{organization_name}}");
  await expect(offers(owner)).toHaveCount(0);
  await expect(field(owner, "name").locator('[data-variable="organization_name"]')).toContainText("The organization's name");
  await owner.keyboard.type(" {{tick");
  await expect(offers(owner)).toHaveCount(0);
  await owner.keyboard.type("et}}{{caller_phone_number}}");
  await expect(field(owner, "name").locator('[data-variable="ticket"]')).toContainText("It has no value");
  await expect(field(owner, "name").locator('[data-variable="caller_phone_number"]')).toContainText("No run of a workflow has it");
  await text.fill("Ada of {{organization_name}}");
  await text.blur();
  await saved(owner);
  expect(await run(owner, greet)).toContain(`Hello Ada of ${ORG.name}`);

  // From the list of places, by keys.
  await node(owner, greet).click();
  await field(owner, "name").locator(".segment", { hasText: "Variable" }).click();
  await field(owner, "name").locator("#field-name").click();
  await expect(owner.getByRole("combobox", { name: "Search what name could take" })).toBeFocused();
  await owner.keyboard.type("support");
  await expect(owner.getByRole("option", { name: /support_mail/ })).toHaveCount(1);
  await owner.keyboard.press("Enter");
  await expect(field(owner, "name").locator("#field-name")).toContainText("Variable support_mail");
  await expect(field(owner, "name").getByRole("radio", { name: "Variable" })).toBeChecked();
  await saved(owner);
  expect(await run(owner, greet)).toContain("Hello help@acme.example");

  // In a text of an expression.
  await node(owner, greet).click();
  await field(owner, "name").locator(".segment", { hasText: "Expression" }).click();
  const expression = owner.getByRole("textbox", { name: "Expression for name" });
  await expression.focus();
  await owner.keyboard.type("'all of {{slug");
  await expect(offers(owner).getByRole("option")).toHaveText([/^organization_slug/]);
  await owner.keyboard.press("Tab");
  await owner.keyboard.type("'|upper|lower");
  await expect(expression).toHaveValue("'all of {{organization_slug}}'|upper|lower");
  await expression.press("Enter");
  await saved(owner);
  expect(await run(owner, greet)).toContain(`Hello all of ${ORG.slug}`);

  // The texts of platform tools are data of theirs: nothing is offered that would not be filled in.
  await board(owner).focus();
  await owner.keyboard.press("Escape");
  await add(owner, "Hash text");
  await node(owner, "hash_text").click();
  await field(owner, "text").getByRole("textbox").focus();
  await owner.keyboard.type("{{org");
  await owner.waitForTimeout(300);
  await expect(offers(owner)).toHaveCount(0);
});
