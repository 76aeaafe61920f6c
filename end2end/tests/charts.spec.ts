import { ORG, expect, go, scripted, test } from "../support/fixtures";

test.use({ timezoneId: "Asia/Kolkata" });

test("charts tell the reader's time, and say which; universal time without JavaScript", async ({ owner }) => {
  const complaints: string[] = [];
  owner.on("console", (message) => {
    if (/hydrat/i.test(message.text())) complaints.push(message.text());
  });
  await go(owner, "/dev/style");
  const zone = (await scripted(owner)) ? /Asia\/(Kolkata|Calcutta)/ : /UTC/;
  const chart = owner.locator("figure").filter({ hasText: "Calls in 24 hours" });
  await expect(chart.locator("figcaption")).toContainText(zone);
  await expect(chart.locator("th").first()).toContainText(zone);
  // The sample's hours are whole ones in universal time; in Kolkata it is half past.
  const minutes = (await scripted(owner)) ? /:30$/ : /:00$/;
  await chart.getByText("Show as a table").click();
  await expect(chart.locator("tbody td").first()).toHaveText(minutes);
  // The axis is marked at round hours of that zone.
  await expect(chart.locator("svg text").last()).toHaveText(/^(00|06|12|18):00$/);
  expect(complaints).toEqual([]);
});
