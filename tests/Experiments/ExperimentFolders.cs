namespace Ssl.Experiments;

/// <param name="Data">Holds the corpora, each a folder with a <c>manifest.jsonl</c>.</param>
/// <param name="Work">Pretrained encoders and checkpoints; may be deleted, and is then made again.</param>
/// <param name="Results">A JSON file of figures for each experiment; the page of tables stands beside this folder.</param>
sealed record ExperimentFolders(string Data, string Work, string Results);
