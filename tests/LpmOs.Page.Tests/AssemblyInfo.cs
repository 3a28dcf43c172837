using LpmOs.Page.Tests.Browsing;

// One browser, one service: tests take turns, so that what one does is not in the other's counts by surprise.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(SharedSite))]
