using RayOrleans.Silo.Microbenchmark;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class LineCatalogTests
{
    [Theory]
    [InlineData("single client get calls")]
    [InlineData("single client put calls")]
    [InlineData("multi client put calls")]
    [InlineData("single client put gigabytes [disposed]")]
    [InlineData("single client put gigabytes [dropped]")]
    [InlineData("multi client put gigabytes [disposed]")]
    [InlineData("pull 1 GB [store to store]")]
    [InlineData("single client tasks and get batch [hand-off]")]
    [InlineData("single client get object containing 10k refs")]
    [InlineData("single client wait 1k refs [hand-off]")]
    [InlineData("single client tasks sync [hand-off]")]
    [InlineData("single client tasks sync [inline]")]
    [InlineData("single client tasks async [hand-off]")]
    [InlineData("multi client tasks async [hand-off]")]
    [InlineData("tasks async 1M [refs kept]")]
    [InlineData("tasks async 1M [refs kept] memory")]
    [InlineData("tasks async 1M [refs kept] memory returned after drop")]
    [InlineData("1:1 actor calls sync [hand-off]")]
    [InlineData("1:1 actor calls async [hand-off]")]
    [InlineData("1:1 actor calls concurrent [hand-off]")]
    [InlineData("1:n actor calls async [hand-off]")]
    [InlineData("n:n actor calls async [hand-off]")]
    [InlineData("n:n actor calls with arg async [hand-off]")]
    [InlineData("1:1 async-actor calls sync [hand-off]")]
    [InlineData("1:1 async-actor calls async [hand-off]")]
    [InlineData("1:1 async-actor calls with args async [hand-off]")]
    [InlineData("1:n async-actor calls async [hand-off]")]
    [InlineData("n:n async-actor calls async [hand-off]")]
    [InlineData("get 800 MB [zero-copy]")]
    [InlineData("get 800 MB [zero-copy, a view of its own]")]
    [InlineData("put, get and drop 100 B")]
    [InlineData("get 8 KB [zero-copy]")]
    [InlineData("put 50 MB through 1 GB store [dropped]")]
    [InlineData("silo ping while nothing burns")]
    [InlineData("silo ping while cores burn [sync]")]
    [InlineData("silo ping while cores burn [after await]")]
    [InlineData("silo ping while cores burn [Parallel.For]")]
    [InlineData("silo ping while cores burn [Task.Run]")]
    [InlineData("single client tasks sync [worker process]")]
    [InlineData("single client tasks async [worker process]")]
    [InlineData("first task of a worker process [cold]")]
    [InlineData("first task of a worker process [warm spare]")]
    [InlineData("single client tasks sync [other node]")]
    [InlineData("single client tasks async [other node]")]
    [InlineData("1:1 actor calls sync [other node]")]
    [InlineData("1:1 actor calls async [other node]")]
    [InlineData("pull 1 GB [other node]")]
    [InlineData("broadcast 1 GB to 8 nodes [all copies]")]
    [InlineData("task latency, input 100 KB [locality on]")]
    [InlineData("task latency, input 100 MB [locality on]")]
    [InlineData("task latency, input 100 KB [locality off]")]
    [InlineData("task latency, input 100 MB [locality off]")]
    [InlineData("put 64 B sync [other process]")]
    [InlineData("get 64 B sync [other process]")]
    [InlineData("get 64 B in place sync [other process]")]
    [InlineData("put 64 B async [other process]")]
    [InlineData("get 64 B async [other process]")]
    [InlineData("put 64 B async beside 1M live objects [other process]")]
    [InlineData("1M live objects of 64 B [other process] memory")]
    [InlineData("4 processes put 800 MB together [other process]")]
    [InlineData("first fill of a fresh store with 800 MB")]
    [InlineData("first fill of a fresh store with 800 MB [other process]")]
    [InlineData("gcs task records, 1,000 in flight [memory]")]
    [InlineData("gcs task records, 1,000 in flight [file]")]
    public void All_EveryPromisedLine_IsThere(string name) => Assert.Contains(LineCatalog.All, line => line.Name == name);

    [Fact]
    public void All_Names_AreDistinct() =>
        Assert.Equal(LineCatalog.All.Count, LineCatalog.All.Select(line => line.Name).Distinct().Count());

    [Fact]
    public void Select_NoText_IsEveryLine() => Assert.Same(LineCatalog.All, LineFilter.Select(LineCatalog.All, []));

    [Fact]
    public void Select_TextInAnyCase_KeepsTheOrder() => Assert.Equal(
        ["single client put gigabytes [disposed]", "single client put gigabytes [dropped]", "multi client put gigabytes [disposed]"],
        LineFilter.Select(LineCatalog.All, ["multi client PUT gig", "SINGLE client put gig"]).Select(line => line.Name));
}
