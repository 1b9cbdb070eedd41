using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>What a tuner works on, encoders and the labelled sets of the lines, with what follows their topics.</summary>
sealed record TuningSources(EncoderMailbox Encoders, EncoderFollower Announcements, LabelFollower Topic, LabelledSets Labels);
