namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer of <c>/v1/audio/embeddings</c>, in the shape of OpenAI's embeddings.</summary>
/// <param name="Data">One vector, or one a frame.</param>
/// <param name="Model">The encoder version.</param>
/// <param name="FrameSeconds">From one frame to the next.</param>
sealed record EmbeddingListBody(
    string Object, IReadOnlyList<EmbeddingBody> Data, string Model, int Layer, double FrameSeconds, EmbeddingUsageBody Usage);

/// <param name="Index">Of the frame; 0 for the mean.</param>
sealed record EmbeddingBody(string Object, int Index, float[] Embedding);

/// <summary>Frames of audio; the contract counts tokens.</summary>
sealed record EmbeddingUsageBody(int PromptTokens, int TotalTokens);
