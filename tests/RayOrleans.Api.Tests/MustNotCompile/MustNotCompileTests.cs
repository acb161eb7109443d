namespace RayOrleans.Api.Tests.MustNotCompile;

/// <summary>Mistakes that the compiler catches, and what it says.</summary>
public sealed class MustNotCompileTests
{
    [Theory]
    [InlineData("var r = Ray.Remote(Add, number, 2); ObjectRef<int> s = r;")]
    [InlineData("var r = ray.Options(numCpus: 1).Remote((x, y) => x * y, number, 2); ObjectRef<int> s = r;")]
    [InlineData("ObjectRef<int> r = Ray.Remote((int x) => Optional(x), number);")]
    [InlineData("ObjectRef<int> r = Ray.Remote(Twin, text);")]
    [InlineData("ObjectRef<double> r = Ray.Remote((int x) => Half(x), number);")]
    public void Call_ThatIsMeantToCompile_Compiles(string statements) => Assert.Empty(Snippet.Errors(statements));

    [Theory]
    [InlineData("Ray.Remote(Half, 1);", "CS0123", "a method group needs exact value types: int is not double")]
    [InlineData("Ray.Remote(Half, number);", "CS0123", "a reference to int is not one to double")]
    [InlineData("Ray.Remote(Add, 1, \"2\");", "CS1503", "an argument of the wrong type")]
    [InlineData("Ray.Remote(Add, text, 2);", "CS1503", "a reference to the wrong type")]
    [InlineData("Ray.Remote(Add, 1);", "CS1503", "too few arguments")]
    [InlineData("Ray.Remote(Add, 1, 2, 3);", "CS1503", "too many arguments")]
    [InlineData("Ray.Remote(Optional, 1);", "CS1503", "an optional parameter of a method group")]
    [InlineData("Ray.Remote(Params, 1, 2);", "CS1503", "a params parameter of a method group")]
    [InlineData("Ray.Remote(ByRef, 1);", "CS1503", "a ref parameter")]
    [InlineData("Ray.Remote(Box, 1);", "CS0123", "boxing an argument of a method group")]
    [InlineData("Ray.Remote(Add, 1, default);", "CS0411", "default has no type of its own")]
    [InlineData("Ray.Remote((x, y) => x + y, 1, null);", "CS0019", "null has no type of its own")]
    [InlineData("ObjectRef<string> r = Ray.Remote(Add, 1, 2);", "CS0029", "the result has another type")]
    [InlineData("ObjectRef<int> r = Ray.Remote(() => { });", "CS0266", "a function without a value")]
    [InlineData("int r = Ray.Remote(Add, 1, 2);", "CS0029", "a reference is not its value")]
    [InlineData("Ray.Remote(new Counter(0));", "CS1503", "an object is not a function")]
    [InlineData("Ray.Remote(x => x.Length, number);", "CS1061", "a member that the value does not have")]
    [InlineData("counter.Remote(c => c.Missing());", "CS1061", "a method that the actor does not have")]
    [InlineData("counter.Remote((c, x) => c.Add(x), text);", "CS1503 CS1061", "an actor's argument of the wrong type")]
    [InlineData("ObjectRef<int> r = counter.Remote(c => c.Reset());", "CS0266", "a method without a value")]
    [InlineData("ActorHandle<string> a = Ray.Actor(() => new Counter(0));", "CS0029", "a handle of another class")]
    [InlineData("Ray.Actor(() => 1);", "CS0452", "an actor is an object of a class")]
    [InlineData("Ray.Stream(Add, 1, 2);", "CS0411", "a stream needs a sequence")]
    [InlineData("counter.Submit<int>(default);", "CS1061", "a handle is not a target of plain tasks")]
    [InlineData("Ray.Options(cpus: 1);", "CS1739", "an unknown option")]
    [InlineData("Ray.Options(retryExceptions: [1]);", "CS0029", "a retry list of something else")]
    [InlineData("Ray.CreateBuffer<string>(1);", "CS8377", "a buffer of references")]
    [InlineData("foreach (var item in Ray.Stream(Count, 1)) { }", "CS8414", "a stream is read with await foreach")]
    public void Mistake_IsRefused_WithTheseErrors(string statements, string ids, string why)
    {
        IReadOnlyList<string> errors = Snippet.Errors(statements);
        Assert.True(errors.Count > 0, $"this should not compile ({why}): {statements}");
        Assert.True(
            ids.Split(' ').Order().SequenceEqual(errors.Select(e => e.Split(':')[0]).Distinct().Order()),
            $"{statements} ({why}) gave other errors: {string.Join(" | ", errors)}");
    }
}
