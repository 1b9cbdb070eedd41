using Ssl.Experiments;

return await ExperimentCommand.Create().Parse(args).InvokeAsync();
