using System.Reflection;
using System.Runtime.Serialization;

namespace RayOrleans.Api.Tests.Errors;

public sealed class ExceptionTests
{
    private static readonly Type[] All =
        [.. typeof(RayException).Assembly.GetExportedTypes().Where(t => typeof(Exception).IsAssignableFrom(t))];

    [Fact]
    public void Exceptions_AllOfThem_AreRayExceptionsInTheirFamily()
    {
        Assert.Equal(22, All.Length);
        Assert.All(All, type => Assert.True(typeof(IRayException).IsAssignableFrom(type), $"{type.Name} does not implement IRayException"));
        Assert.Equal(
            [nameof(ActorAlreadyExistsException), nameof(GetTimeoutException), nameof(RayNotInitializedException), nameof(RaySerializationException), nameof(RayTaskCancelledException)],
            All.Where(t => !typeof(RayException).IsAssignableFrom(t)).Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.IsAssignableFrom<TimeoutException>(new GetTimeoutException(""));
        Assert.IsAssignableFrom<OperationCanceledException>(new RayTaskCancelledException(""));
        Assert.IsAssignableFrom<SerializationException>(new RaySerializationException(""));
        Assert.IsAssignableFrom<ArgumentException>(new ActorAlreadyExistsException("n"));
        Assert.IsAssignableFrom<InvalidOperationException>(new RayNotInitializedException());
        Assert.IsAssignableFrom<ObjectLostException>(new ObjectReconstructionFailedException(""));
    }

    [Fact]
    public void Exceptions_MessageAndCause_AreKept()
    {
        Exception cause = new InvalidOperationException();
        foreach (Type type in All)
        {
            if (type.GetConstructor([typeof(string), typeof(Exception)]) is { } constructor)
            {
                Exception made = (Exception)constructor.Invoke(["what", cause]);
                Assert.Equal(("what", cause), (made.Message, made.InnerException));
            }
            else
            {
                Assert.Equal(typeof(ActorAlreadyExistsException), type);
            }
        }
    }

    [Fact]
    public void RayTaskException_OfAFunction_SaysWhatWhereAndWhy()
    {
        RayTaskException error = new("Program.Add", new NodeId(7), 2, new InvalidOperationException("no"), "at Program.Add()") { TaskId = new TaskId(1, 2) };
        Assert.Contains("Program.Add failed on node", error.Message, StringComparison.Ordinal);
        Assert.Contains("attempt 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: no", error.Message, StringComparison.Ordinal);
        Assert.Contains("--- Remote stack of Program.Add ---", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("at Program.Add()", error.ToString(), StringComparison.Ordinal);
        Assert.Equal((new NodeId(7), 2), (error.NodeId, error.Attempt));
    }

    [Fact]
    public void Exceptions_CatchAll_TakesEveryFamily()
    {
        Assert.All(
            (Exception[])[new NodeDiedException("a"), new GetTimeoutException("b"), new RayTaskCancelledException("c")],
            thrown =>
            {
                string? caught = null;
                try
                {
                    throw thrown;
                }
                catch (Exception e) when (e is IRayException ray)
                {
                    caught = ray.Message;
                }

                Assert.Equal(thrown.Message, caught);
            });
    }

    [Fact]
    public void RayNotInitializedException_SaysHowToStart()
    {
        string message = new RayNotInitializedException().Message;
        Assert.Contains("Ray.InitAsync()", message, StringComparison.Ordinal);
        Assert.Contains("RAYORLEANS_ADDRESS", message, StringComparison.Ordinal);
    }

    [Fact]
    public void PublicTypes_AreSealedUnlessBases()
    {
        string[] open =
        [
            .. typeof(Ray).Assembly.GetExportedTypes()
                .Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false })
                .Select(t => t.Name)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal([nameof(ObjectLostException), nameof(RayException)], open);
        Assert.DoesNotContain(typeof(Ray).Assembly.GetExportedTypes(), t => t.Namespace != nameof(RayOrleans));
        Assert.NotNull(typeof(Ray).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>());
    }
}
