namespace Ssl.Experiments;

/// <summary>Scores on recordings that no training has used.</summary>
/// <param name="Loss">CTC loss in nats per letter.</param>
/// <param name="Cer">Character error rate of greedy decoding.</param>
/// <param name="Wer">Word error rate of greedy decoding.</param>
/// <param name="NGramCer">Character error rate of beam search with the recognizer's n-grams; null where it has none.</param>
/// <param name="NGramWer">Word error rate of the same.</param>
sealed record HeldOutScore(double Loss, double Cer, double Wer, double? NGramCer = null, double? NGramWer = null);
