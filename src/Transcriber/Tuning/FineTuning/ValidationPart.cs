using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Divides labels into those trained on and those held out for validation: the same ones in every round, and by a hash of their names,
/// whatever their order.
/// </summary>
static class ValidationPart
{
    /// <param name="rules">Null: nothing is held out.</param>
    public static (IReadOnlyList<LabelledUtterance> Train, IReadOnlyList<LabelledUtterance> Validation) Of(
        IReadOnlyList<LabelledUtterance> labels, RoundRecipe? rules)
    {
        if (rules is null || labels.Count < rules.MinValidatedRecordings)
            return (labels, []);
        var (held, seconds) = (new HashSet<string>(StringComparer.Ordinal), 0.0);
        foreach (var label in labels.OrderBy(HashOf, StringComparer.Ordinal).Take((int)(rules.ValidationShare * labels.Count)))
        {
            if ((seconds += label.DurationSeconds) > rules.MaxValidationSeconds)
                break;
            held.Add(label.Id);
        }
        return ([.. labels.Where(l => !held.Contains(l.Id))], [.. labels.Where(l => held.Contains(l.Id))]);
    }

    static string HashOf(LabelledUtterance label) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(label.Id)));
}
