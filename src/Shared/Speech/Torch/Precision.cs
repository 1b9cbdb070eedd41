namespace Ssl.Shared.Speech.Torch;

/// <summary>Type of the weights and products of a recognizer that serves; norms, softmax and decoding stay in 32-bit floats.</summary>
public enum Precision
{
    /// <summary>
    /// The fastest of the machine, for models of 10 million weights and more: bfloat16 where its products are fast (GPU, AMX, AMD with
    /// avx512_bf16), else 8-bit integers where the processor has avx512_vnni; 32-bit floats elsewhere and for smaller models.
    /// </summary>
    Auto,

    /// <summary>32-bit floats, as training.</summary>
    Float32,

    /// <summary>16-bit floats of 8 significant bits: half the memory.</summary>
    BFloat16,

    /// <summary>8-bit integers, a scale for each output of a layer and each frame: a quarter of the memory. Processors alone.</summary>
    Int8,
}
