using Deque.AxeCore.Commons;
using PuppeteerSharp;

namespace Ssl.Page.Tests;

/// <summary>What axe-core finds in a page as it is now, by the Web Content Accessibility Guidelines 2.1, levels A and AA.</summary>
static class Accessibility
{
    static readonly string Checker = new BundledAxeScriptProvider().GetScript();

    public static async Task AssertAsync(IPage page)
    {
        if (!await page.EvaluateExpressionAsync<bool>("'axe' in window"))
            await page.EvaluateExpressionAsync(Checker);
        var violations = await page.EvaluateExpressionAsync<string[]>("""
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })
              .then((found) => found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target}: ${n.failureSummary}`)))
            """);
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }
}
