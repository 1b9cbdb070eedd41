using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>Short names of values that figures depend on: other values, another fingerprint. The name of a recipe does not count.</summary>
static class Fingerprint
{
    /// <summary>What decides a recognizer's weights when it learns from true labels.</summary>
    public static string OfFineTuning(FineTuningPlan plan, object shape) => Of(
        shape,
        plan.Updates,
        plan.Recipe with { Name = "", KeptShare = 0, TrueShare = 0, MinEpochs = 0, ListeningShare = 0, LetterModelOrder = 0 });

    /// <summary>What decides the pseudo-labels: they are decoded by letters, without known words.</summary>
    public static string OfPseudoLabels(FineTuningRecipe recipe, DecodingRecipe decoding) => Of(
        recipe.KeptShare, recipe.TrueShare, recipe.MinEpochs, OfDecoding(recipe, decoding with { KnownWordWeight = 0 }));

    /// <summary>What decides the text that is read with n-grams.</summary>
    public static string OfDecoding(FineTuningRecipe recipe, DecodingRecipe decoding) =>
        Of(recipe.LetterModelOrder, decoding with { Name = "" });

    /// <param name="values">Recipes and other records by the values of their fields.</param>
    /// <returns>Eight hexadecimal digits.</returns>
    public static string Of(params IEnumerable<object?> values) => Of(Encoding.UTF8.GetBytes(string.Join(' ', values.Select(TextOf))));

    public static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..8];

    static string TextOf(object? value) => value is Recipe recipe ? recipe.Fingerprint : FormattableString.Invariant($"{value}");
}
