namespace Ssl.Shared.Foundation.Audio;

/// <summary>What a <see cref="VoiceActivityDetector"/> says of 10 ms.</summary>
/// <param name="Start">First sample of the frame, counted from the first one pushed.</param>
/// <param name="Probability">Of speech, 0 to 1; 0.5 is where <see cref="IsSpeech"/> begins.</param>
/// <param name="LevelDb">Power of the frame without its mean, in dB of full scale; -100 for digital silence.</param>
public readonly record struct VoiceFrame(long Start, float Probability, float LevelDb)
{
    public bool IsSpeech => Probability >= 0.5f;
}
