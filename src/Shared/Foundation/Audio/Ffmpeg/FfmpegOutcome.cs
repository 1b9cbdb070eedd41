namespace Ssl.Shared.Foundation.Audio.Ffmpeg;

/// <summary>How a process ended, beside what it wrote.</summary>
/// <param name="ExitCode">0: it read the input to its end, or to where it is cut off.</param>
/// <param name="IsKilled">It reached a limit of time or memory, or its output was not wanted any more.</param>
/// <param name="Problem">The last error that it named; may be empty.</param>
/// <param name="CutOff">A message that shows that the end of the input is missing; else null.</param>
/// <param name="PromisedSeconds">Length by the input's header; null where it has none.</param>
sealed record FfmpegOutcome(int ExitCode, bool IsKilled, string Problem, string? CutOff, double? PromisedSeconds);
