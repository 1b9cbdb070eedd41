using Ssl.Shared.Recognition;

namespace Ssl.Shared.Decoding;

/// <summary>N-grams of letters: each letter is scored as it is written.</summary>
sealed class LetterLanguageModel : ILanguageModel
{
    readonly NGramModel model;
    readonly DecodingOptions options;
    readonly int[] tokens;
    readonly int end;

    public LetterLanguageModel(NGramModel model, Vocabulary vocabulary, DecodingOptions options)
    {
        (this.model, this.options) = (model, options);
        tokens = [.. vocabulary.Tokens.Select(model.TokenOf)];
        end = model.TokenOf(NGramModel.End);
    }

    public LanguageState Beginning => new(model.BeginningState, 0);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var (logProbability, context) = model.Score(state.Context, tokens[label]);
        return (options.LetterModelWeight * logProbability + options.LetterBonus, new(context, 0));
    }

    public double Finish(LanguageState state) => end < 0 ? 0 : options.LetterModelWeight * model.Score(state.Context, end).LogProbability;
}
