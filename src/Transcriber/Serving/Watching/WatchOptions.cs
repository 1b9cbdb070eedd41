using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Watching;

/// <summary>Options under <c>Transcriber:Watch</c>: live answers after a promotion.</summary>
sealed record WatchOptions
{
    /// <summary>How long a new champion's answers are compared with the former one's; 00:00:00: not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(1);
}
