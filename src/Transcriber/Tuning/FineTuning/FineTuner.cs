using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Recipes;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Fine-tunes a pretrained encoder with a CTC head (wav2vec 2.0, section 4.3). Bit-for-bit reproducible, killed and resumed or not, if the
/// seed is fixed, torch runs one thread on the CPU, nothing else in the process draws torch's random numbers, and no time limit is near.
/// </summary>
sealed class FineTuner(FineTuningRecipe recipe, DecodingRecipe decoding, int seed, TimeProvider clock)
{
    /// <param name="pretrained">Read only; owned by the caller.</param>
    /// <param name="former">For a warm start, if it fits; read only. Null: the head is new.</param>
    /// <param name="train">At least one true label.</param>
    /// <param name="onUpdate">Called after each update.</param>
    /// <param name="checkpoints">It goes on from the newest, if that began as this does; null: none are saved.</param>
    public FineTuningOutcome Run(
        SpeechEncoder pretrained, FormerRecognizer? former, TrainingSet train, FineTuningBudget budget,
        Action<FineTuningProgress>? onUpdate, FineTuningCheckpoints? checkpoints, CancellationToken ct)
    {
        manual_seed(seed); // for dropout; the generator is shared by the process
        var vocabulary = Vocabulary.FromTexts(train.Texts, train.Policy);
        if (former?.Fits(pretrained, vocabulary) == true)
            vocabulary = former.Recognizer.Vocabulary; // the same letters, in its order
        else
            former = null;
        using var session = new FineTuningSession(recipe, budget.Rules, train, vocabulary, pretrained.Config, seed);
        var state = new FineTuningState { IsWarm = former is not null, Tokens = vocabulary.Tokens };
        var saved = checkpoints?.Newest();
        if (saved is { } found && found.State.IsWarm == state.IsWarm && found.State.Tokens.SequenceEqual(state.Tokens))
        {
            session.Begin(pretrained, former, vocabulary);
            session.Load(found.Path, found.State);
            state = found.State;
            checkpoints!.Resumed(state);
        }
        else
        {
            checkpoints?.Clear();
            CutAtWords(session, former?.Recognizer, budget, ct);
            session.Begin(pretrained, former, vocabulary);
        }
        var course = new FineTuningCourse(state, budget, recipe, clock);
        while (course.Goes && !ct.IsCancellationRequested)
        {
            var loss = Update(session, course, vocabulary, budget, train, ct);
            course.Validate(session, ct);
            if (checkpoints?.IsDue == true)
                course.Save(session, checkpoints);
            onUpdate?.Invoke(course.ProgressWith(loss));
        }
        if (!ct.IsCancellationRequested)
            course.ValidateLast(session, ct);
        if (checkpoints is not null)
            course.Save(session, checkpoints); // what follows, scoring, may be killed too
        ct.ThrowIfCancellationRequested();
        string[] texts = [.. train.Texts];
        var letters = LetterNGrams.Estimate(texts, recipe.LetterModelOrder, vocabulary);
        return course.Outcome(
            new Recognizer(session.Finish(), vocabulary, letters, KnownWords.Estimate(texts), decoding), session.Curriculum.RecentLoss);
    }

    double Update(
        FineTuningSession session, FineTuningCourse course, Vocabulary vocabulary, FineTuningBudget budget, TrainingSet train,
        CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        var isWarm = course.State.IsWarm;
        var batch = session.Curriculum.Next(course.BatchSeconds(train.EpochSeconds));
        var rate = recipe.LearningRateAt(course.Progress, batch.MaxAudioSeconds);
        var (loss, logits) = session.Step.Run(batch, rate, headOnly: !isWarm && course.Progress < recipe.HeadOnlyShare);
        if (session.Curriculum.Learn(batch, logits, loss) && !isWarm)
        {
            CutAtWords(session, new Recognizer(session.Model, vocabulary), budget, ct); // not disposed: it would dispose the model
            session.Model.train(); // a recognizer puts it into evaluation mode
        }
        course.Updated(batch.Speech.AudioSeconds, loss);
        return loss;
    }

    void CutAtWords(FineTuningSession session, Recognizer? aligner, FineTuningBudget budget, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        session.Curriculum.CutAtWords(aligner, () =>
        {
            ct.ThrowIfCancellationRequested();
            return budget.AllowsAligning(clock.GetElapsedTime(began));
        });
    }
}
