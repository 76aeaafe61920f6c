// Script tools: written in the editor (or in the plain field without JavaScript), tried, tested, activated although a test fails.
import { ORG, expect, fill, go, scripted, test } from "../support/fixtures";

test("a shell tool is written, tried, tested and activated all the same", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/tools/new?kind=shell`);
  if (await scripted(owner)) {
    await expect(owner.locator(".code-editor")).toHaveCount(2);
    // Tab indents, Escape and Tab leaves.
    await owner.locator(".code-editor").first().locator(".cm-content").click();
    await owner.keyboard.press("Escape");
    await owner.keyboard.press("Tab");
    expect(await owner.locator(".code-editor").first().evaluate((editor) => editor.contains(document.activeElement))).toBe(false);
  }
  await fill(owner, "form[script]", 'echo "one moment" >&2\necho "Hello $NAME"\n');
  await fill(owner, "form[code][tests]", "test_greets() {\n  [ \"$(tool '{\"name\": \"Ada\"}')\" = 'Hello Ada' ]\n}\ntest_fails() {\n  false\n}\n");
  await fill(owner, "form[name]", "greet_in_shell");
  await owner.locator('input[name="form[activate]"]').uncheck();
  await owner.getByRole("button", { name: "Register tool" }).click();
  await owner.waitForURL(/\/tools\/[0-9a-f-]{36}\/try/);
  await go(owner, owner.url());
  await fill(owner, "inputs[name]", "Ada");
  await owner.getByRole("button", { name: "Run", exact: true }).click();
  await owner.waitForURL(/execution=/);
  await expect(owner.getByText("Hello Ada")).toBeVisible();
  await expect(owner.getByText("one moment")).toBeVisible();

  const base = owner.url().split("/try")[0]!;
  await go(owner, `${base}/tests`);
  await expect(owner.getByText("These tests never ran.")).toBeVisible();
  await owner.getByRole("button", { name: "Run tests" }).click();
  await expect(owner.getByText("1 of 2 tests fail: test_fails.")).toBeVisible({ timeout: 20_000 });
  await expect(owner.getByText("failed: false")).toBeVisible();

  await go(owner, base);
  await owner.getByLabel("Activate although tests fail").check();
  await owner.getByRole("button", { name: "Activate" }).click();
  await expect(owner.getByRole("button", { name: "Disable" })).toBeVisible();
});

test("the line at which the last call stopped is marked, and inputs come from the signature", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "marks and proposals are for those with JavaScript");
  await go(owner, `/${ORG.slug}/tools/new?kind=python`);
  await fill(owner, "form[script]", 'def main(city: str, days: int = 3):\n    """Forecast.\n\n    Args:\n        city: Where.\n    """\n    return {}[city]\n');
  await owner.getByRole("button", { name: "Propose inputs from the script" }).click();
  await expect(owner.getByText("2 inputs were read from the script.")).toBeVisible({ timeout: 20_000 });
  await expect(owner.locator('[name="form[rows][0][name]"]')).toHaveValue("city");
  await expect(owner.locator('[name="form[rows][0][description]"]')).toHaveValue("Where.");
  await expect(owner.locator('[name="form[rows][1][default]"]')).toHaveValue("3");
  await expect(owner.locator('[name="form[description]"]')).toHaveValue("Forecast.");
  await fill(owner, "form[name]", "forecast");
  await owner.getByRole("button", { name: "Register tool" }).click();
  await owner.waitForURL(/\/tools\/[0-9a-f-]{36}\/try/);
  await fill(owner, "inputs[city]", "Bern");
  await owner.getByRole("button", { name: "Run", exact: true }).click();
  await expect(owner.getByText("KeyError: 'Bern'").first()).toBeVisible({ timeout: 20_000 });
  await go(owner, `${owner.url().split("/try")[0]}/definition`);
  await expect(owner.locator(".code-editor").first().locator(".cm-lint-marker-error")).toHaveCount(1);
});
