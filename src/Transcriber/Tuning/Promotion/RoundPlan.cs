using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>How long a round is, what it is known by, and when it is given up, by recipes and settings.</summary>
sealed class RoundPlan(FineTuningOptions options, FineTuningRecipe recipe, RoundRecipe rules)
{
    public RoundRecipe Rules => rules;

    /// <param name="last">The last version of the line; null: there is none.</param>
    public FineTuningBudget BudgetAfter(ModelManifest? last)
    {
        var (audio, took) = (last?.RecognizerScores?.FineTuningAudioSeconds ?? 0, last?.RecognizerScores?.FineTuningSeconds ?? 0);
        var (time, updates) = last is null ? (options.FirstBudget, rules.FirstUpdates) : (options.Budget, rules.Updates);
        return new FineTuningBudget(time, options.MaxUpdates > 0 ? Math.Min(options.MaxUpdates, updates) : updates,
            took > 0 ? audio / took : 0)
        {
            Rules = rules,
            IsFirst = last is null,
        };
    }

    public RoundIdentity IdentityOf(RoundOrder order, ModelManifest? last, FineTuningBudget budget) => new()
    {
        Line = order.Labels.Line,
        Encoder = order.Encoder,
        After = last?.Number ?? 0,
        Labels = RoundIdentity.PrintOf(order.Labels),
        Recipe = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe.Fingerprint + rules.Fingerprint))),
        Updates = budget.Updates,
        MustEnd = budget.IsFirst || order.MustEnd,
    };

    /// <summary>Whether too little is done to go on with an encoder that is not the newest.</summary>
    /// <param name="updates">Done, in <paramref name="elapsed"/>; a round that its time ends is as far as its time is.</param>
    public bool IsGivenUp(RoundIdentity begun, FineTuningBudget budget, int updates, TimeSpan elapsed) =>
        !begun.MustEnd && budget.Progress(elapsed, updates) < rules.OvertakenShare;
}
