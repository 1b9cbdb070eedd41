// One browser and one service at a time: two cores have to be enough.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Ssl.Page.Tests.TaughtService))]
