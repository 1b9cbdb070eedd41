using Ssl.Learner.Seeding;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// Draws K distractors of each masked frame uniformly, with replacement, from the other masked frames of its utterance (wav2vec 2.0,
/// section 3.2). A pure function of (masked frames, seed, step, part).
/// </summary>
static class DistractorSampler
{
    /// <summary>Length of the output of <see cref="Draw"/>.</summary>
    public static int CountFor(MaskedFrames masked, int distractors) => masked.Rows * masked.Width * (1 + distractors);

    /// <summary>
    /// Candidates of each masked frame: itself, then its distractors, as positions among the utterance's masked frames. Padding repeats
    /// the last masked frame, and an utterance with a single masked frame has no other candidate.
    /// </summary>
    /// <param name="candidates">Output. [B, M, 1 + K], row-major.</param>
    public static void Draw(MaskedFrames masked, int distractors, long seed, long step, int part, Span<long> candidates)
    {
        var random = new SeededRandom(seed, step, RandomPurpose.Distractors, part);
        for (var row = 0; row < masked.Rows; row++)
        {
            var count = masked.CountOf(row);
            for (var frame = 0; frame < masked.Width; frame++)
            {
                var own = candidates.Slice((row * masked.Width + frame) * (1 + distractors), 1 + distractors);
                own.Fill(Math.Min(frame, Math.Max(0, count - 1)));
                if (frame >= count || count < 2)
                    continue;
                for (var k = 1; k < own.Length; k++)
                {
                    var other = random.Next(count - 1);
                    own[k] = other < frame ? other : other + 1;
                }
            }
        }
    }
}
