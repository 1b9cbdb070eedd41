namespace Ssl.Page.Tests;

/// <summary>How somebody looks at the page.</summary>
/// <param name="Width">Pixels of the style sheet.</param>
public sealed record Look(int Width, bool IsDark)
{
    /// <summary>Whether they have asked their system for less motion.</summary>
    public bool IsStill { get; init; }

    /// <summary>A phone at night, and a screen by day.</summary>
    public static TheoryData<int, bool> Both => new() { { 375, true }, { 1280, false } };
}
