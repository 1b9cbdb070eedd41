using System.Security.Cryptography;
using System.Text;
using Ssl.Learner;
using Ssl.Learner.Training;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>Short names of the services' default settings, as far as figures depend on them: where a default has changed, what was measured or pretrained before is known to be of another recipe.</summary>
static class Recipe
{
    /// <summary>Of what an encoder learns by.</summary>
    public static string Pretraining { get; } = StampOf(new LearnerOptions());

    /// <summary>Of that and of how a recognizer is made from it.</summary>
    public static string Name { get; } = StampOf(new LearnerOptions(), new TranscriberOptions());

    /// <returns>Eight hexadecimal digits.</returns>
    internal static string StampOf(LearnerOptions learner, TranscriberOptions? transcriber = null)
    {
        var settings = FormattableString.Invariant($"{TrainingStart.FreshConfig(learner.Encoder)} {learner.Batch} {learner.Objectives} {learner.Training} {(transcriber is null ? null : new FineTuningRecipe())} {transcriber?.Decoding.Recipe}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)))[..8];
    }
}
