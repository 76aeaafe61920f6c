// A field of a step that the calling agent fills, set in the outline; with and without JavaScript.
import { newWorkflow, node, open } from "../support/canvas";
import { expect, go, hydrated, scripted, test } from "../support/fixtures";

test("in the outline a field is left to the calling agent, described, and taken back", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Agent fills ${info.project.name}`);
  await go(owner, `${path}/outline`);
  if (await scripted(owner)) {
    await owner.locator("#f-tool_id[role=combobox]").fill("Calculate");
    await owner.getByRole("option", { name: /^Calculate/ }).click();
  } else {
    const select = owner.locator('select[name="tool_id"]');
    await select.selectOption(await select.locator("option", { hasText: "Calculate" }).first().getAttribute("value"));
  }
  await owner.getByRole("button", { name: "Add step" }).click();
  const step = owner.locator("#step-calculate");
  await expect(step.getByRole("heading", { name: "Calculate" })).toBeVisible();
  await hydrated(owner);
  const source = step.getByLabel("Source of expression", { exact: true });
  const words = step.getByLabel("Constant, expression or path for expression", { exact: true });
  const save = async () => {
    const answer = owner.waitForResponse((answer) => answer.url().includes("/workflows/save_step"));
    await step.getByRole("button", { name: "Save step" }).click();
    expect((await answer).status()).toBeLessThan(400);
    await hydrated(owner);
    // What was saved is read again, and the form shows that.
    await owner.waitForLoadState("networkidle");
  };
  const agent = step.getByText("The calling agent fills it");

  // What was there as a constant does not become what the agent is told.
  await source.selectOption("constant");
  await words.fill("1 + 1");
  await save();
  await source.selectOption("ai");
  await save();
  await expect(agent).toBeVisible();
  await expect(source).toHaveValue("ai");
  await expect(words).not.toHaveValue("1 + 1");
  await expect(words).not.toHaveValue("");
  const inputs = owner.locator("#inputs");
  await expect(inputs.locator('input[name="fields[0][name]"]')).toHaveValue("expression");

  await words.fill("What to work out");
  await save();
  await go(owner, `${path}/outline`);
  await expect(words).toHaveValue("What to work out");
  await expect(inputs.locator('[name="fields[0][description]"]')).toHaveValue("What to work out");
  if (await scripted(owner)) {
    await open(owner, path);
    await node(owner, "calculate").click();
    const field = owner.locator('[data-field="expression"]');
    await expect(field.getByRole("radio", { name: "AI" })).toBeChecked();
    await expect(field.getByLabel("What the agent is told of expression")).toHaveValue("What to work out");
    await go(owner, `${path}/outline`);
  }

  await source.selectOption("constant");
  await words.fill("2 + 2");
  await save();
  await expect(agent).toHaveCount(0);
  await go(owner, `${path}/outline`);
  await expect(source).toHaveValue("constant");
  await expect(words).toHaveValue("2 + 2");
  await expect(inputs.locator('input[name="fields[0][name]"]')).toHaveValue("");
});
