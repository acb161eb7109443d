namespace RayOrleans.Serialization.Tests.Objects;

public sealed class ObjectTests
{
    [Fact]
    public void Class_WithoutDefaultConstructor_KeepsPrivateAndReadOnlyFields()
    {
        Person copy = RoundTrip.Same(new Person("Ada", 36) { Children = { new Person("B", 1) } });
        Assert.Equal("Ada", copy.Name);
        Assert.Equal(36, copy.Age);
        Assert.Equal("B", Assert.Single(copy.Children).Name);
        Assert.True(copy.CanLock());
        Assert.Null(copy.Cache);
    }

    [Fact]
    public void Record_RoundTrip_IsEqual()
    {
        var value = new Measurement(7, "temperature", 21.5, [1, 2, 3]);
        Measurement copy = RoundTrip.Same(value);
        Assert.Equal(value with { Samples = copy.Samples }, copy);
        Assert.Equal(value.Samples, copy.Samples);
        Assert.Equal(new Labelled("p", new Point(1, 2)), RoundTrip.Same(new Labelled("p", new Point(1, 2))));
    }

    [Fact]
    public void AnonymousType_RoundTrip_IsEqual()
    {
        var value = new { A = 1, B = "two", C = new[] { 1.0, 2.0 } };
        var copy = RoundTrip.Same(value);
        Assert.Equal((1, "two"), (copy.A, copy.B));
        Assert.Equal(value.C, copy.C);
    }

    [Fact]
    public void Inheritance_WithFieldsOfTheSameName_KeepsBoth()
    {
        var copy = (Circle)RoundTrip.Same<Shape>(new Circle(2));
        Assert.Equal(("circle", "hidden twin", 2.0), (copy.Kind, copy.Twin, copy.Radius));
    }

    [Fact]
    public void PolymorphicMembers_RoundTrip_KeepTheirTypes()
    {
        var value = new Holder
        {
            Any = 5L,
            Animal = new Cat { Name = "Tom" },
            Shape = new Square(3),
            Dynamic = new List<object> { "x", 1, new Dog() },
            Maybe = 3,
            MaybeLabelled = new Labelled("l", default),
        };
        Holder copy = RoundTrip.Same(value);
        Assert.Equal(5L, copy.Any);
        Assert.Equal("Tom meows", copy.Animal!.Sound);
        Assert.Equal(3, Assert.IsType<Square>(copy.Shape).Side);
        Assert.IsType<Dog>((object)copy.Dynamic![2]);
        Assert.Equal(3, copy.Maybe);
        Assert.Equal("l", copy.MaybeLabelled!.Value.Label);
    }

    [Fact]
    public void TypeNames_OfManyObjects_AreWrittenOnce()
    {
        int one = RoundTrip.Serializer.SerializeToArray<object[]>([new Dog()], null).Length;
        int many = RoundTrip.Serializer.SerializeToArray<object[]>([.. Enumerable.Range(0, 101).Select(_ => new Dog())], null).Length;
        Assert.True(many - one <= 300, $"{many - one} bytes for 100 more objects");
    }

    [Fact]
    public void Cycle_RoundTrip_IsKept()
    {
        var a = new Person("a", 1);
        var b = new Person("b", 2) { Friend = a };
        a.Friend = b;
        a.Children.Add(a);
        Person copy = RoundTrip.Same(a);
        Assert.Same(copy, copy.Friend!.Friend);
        Assert.Same(copy, copy.Children[0]);
        var self = new object[1];
        self[0] = self;
        object[] selfCopy = RoundTrip.Same(self);
        Assert.Same(selfCopy, selfCopy[0]);
    }

    [Fact]
    public void SharedObjects_RoundTrip_StayShared()
    {
        var shared = new List<int> { 1 };
        var array = new int[2000];
        (List<int> A, List<int> B, int[] C, object D) copy = RoundTrip.Same<(List<int>, List<int>, int[], object)>((shared, shared, array, array));
        Assert.Same(copy.A, copy.B);
        Assert.Same(copy.C, copy.D);
        object[] many = [.. Enumerable.Range(0, 1000).Select(_ => new object())];
        object[] twice = RoundTrip.Same<object[]>([.. many, .. many]);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Same(twice[i], twice[i + 1000]));
        Assert.Equal(1000, twice.Distinct().Count());
    }

    [Fact]
    public void Copies_Mutated_DoNotAffectEachOther()
    {
        var value = new Measurement(1, "x", 1, [1, 2, 3]);
        byte[] bytes = RoundTrip.Serializer.SerializeToArray(value, null);
        value.Samples[0] = 99;
        Measurement first = RoundTrip.Serializer.Deserialize<Measurement>(new ArraySource(bytes), null);
        first.Samples[1] = 98;
        Measurement second = RoundTrip.Serializer.Deserialize<Measurement>(new ArraySource(bytes), null);
        Assert.Equal([1, 2, 3], second.Samples);
        var large = new double[1000];
        byte[] flat = RoundTrip.Serializer.SerializeToArray(large, null);
        large[0] = 1;
        double[] got = RoundTrip.Serializer.Deserialize<double[]>(new ArraySource(flat), null);
        got[1] = 2;
        Assert.Equal(new double[1000], RoundTrip.Serializer.Deserialize<double[]>(new ArraySource(flat), null));
    }

    [Fact]
    public void DerivedCollections_RoundTrip_KeepItemsFieldsAndComparer()
    {
        TaggedList list = RoundTrip.Same(new TaggedList { 1, 2 });
        Assert.Equal([1, 2], list);
        TaggedMap map = RoundTrip.Same(new TaggedMap("t") { ["Key"] = 5 });
        Assert.Equal(("t", 5), (map.Tag, map["KEY"]));
    }

    [Fact]
    public void HashedKeys_InACycle_AreFoundAfterwards()
    {
        var set = new HashSet<KeyObject>();
        var key = new KeyObject("k") { Owner = set };
        set.Add(key);
        KeyObject copy = RoundTrip.Same(key);
        Assert.Contains(copy, copy.Owner!);
        Assert.Contains(new KeyObject("k"), copy.Owner!);
    }

    [Fact]
    public void CustomProtocols_AreFollowed()
    {
        Assert.Equal(6, RoundTrip.Of(new CustomSerializable(5)).Value);
        Assert.Equal(8, RoundTrip.Of(new WithCallbacks { Once = 4 }).Twice);
    }

    [Fact]
    public void Events_WithOwnSubscribers_StillArrive()
    {
        var publisher = new Publisher();
        publisher.Subscribe();
        Publisher copy = RoundTrip.Of(publisher);
        copy.Say("hello");
        Assert.Equal(["hello"], copy.Log);
        Assert.Empty(publisher.Log);
    }

    [Fact]
    public void Exception_RoundTrip_KeepsWhatMatters()
    {
        Exception caught;
        try
        {
            throw new OrderException("bad order", 42, new ArgumentNullException("line")) { Culprit = Thread.CurrentThread };
        }
        catch (OrderException e)
        {
            e.Data["id"] = 7;
            e.Data["thread"] = Thread.CurrentThread;
            caught = e;
        }

        var copy = (OrderException)RoundTrip.Of(caught);
        Assert.Equal(("bad order", 42), (copy.Message, copy.Code));
        Assert.Equal("line", Assert.IsType<ArgumentNullException>(copy.InnerException).ParamName);
        Assert.Contains(nameof(Exception_RoundTrip_KeepsWhatMatters), copy.StackTrace);
        Assert.Equal(7, copy.Data["id"]);
        Assert.IsType<string>(copy.Data["thread"]);
        Assert.Null(copy.Culprit);
        Assert.Equal(caught.HResult, copy.HResult);
        OrderException thrownAgain = Assert.Throws<OrderException>(void () => throw copy);
        Assert.Contains(nameof(Exception_RoundTrip_KeepsWhatMatters), thrownAgain.StackTrace);
    }

    [Fact]
    public void Exceptions_OfTheFramework_RoundTrip()
    {
        Exception[] all =
        [
            new AggregateException(new TimeoutException("t"), new IOException("io")), new OperationCanceledException("c"), new TaskCanceledException(),
            new System.Net.Sockets.SocketException(10061), new ObjectDisposedException("x"), new RayTaskException("f", default, 1, new TimeoutException("inner")),
        ];
        foreach (Exception e in all)
        {
            Exception copy = RoundTrip.Of(e);
            Assert.Equal(e.GetType(), copy.GetType());
            Assert.Equal(e.Message, copy.Message);
        }
    }

    [Fact]
    public void DeepChains_RoundTrip_WithoutStackOverflow()
    {
        ChainNode? head = null;
        for (int i = 0; i < 1_000_000; i++)
        {
            head = new ChainNode { Next = head, Value = i };
        }

        ChainNode? copy = RoundTrip.Serializer.Deserialize<ChainNode>(new ArraySource(RoundTrip.Serializer.SerializeToArray(head!, null)), null);
        int count = 0;
        for (; copy is not null; copy = copy.Next)
        {
            Assert.Equal(999_999 - count, copy.Value);
            count++;
        }

        Assert.Equal(1_000_000, count);
        Assert.Equal(500_000, RoundTrip.Of(new LinkedList<int>(Enumerable.Range(0, 500_000))).Count);
    }

    [Fact]
    public void DeepNesting_OfListsAndArrays_RoundTrips()
    {
        object value = "end";
        for (int i = 0; i < 100_000; i++)
        {
            value = (i % 3) switch { 0 => new List<object> { value }, 1 => new object[] { value }, _ => new Dictionary<string, object> { ["k"] = value } };
        }

        object copy = RoundTrip.Serializer.Deserialize<object>(new ArraySource(RoundTrip.Serializer.SerializeToArray(value, null)), null);
        int depth = 0;
        while (copy is not string)
        {
            copy = copy switch { List<object> l => l[0], object[] a => a[0], var d => ((Dictionary<string, object>)d)["k"] };
            depth++;
        }

        Assert.Equal(100_000, depth);
    }

    [Fact]
    public void DeepNesting_OfValuesNeededWhole_UsesExtraStacks()
    {
        object value = "end";
        for (int i = 0; i < 20_000; i++)
        {
            value = System.Collections.Immutable.ImmutableList.Create(value);
        }

        object copy = RoundTrip.Serializer.Deserialize<object>(new ArraySource(RoundTrip.Serializer.SerializeToArray(value, null)), null);
        for (int i = 0; i < 20_000; i++)
        {
            copy = ((System.Collections.Immutable.ImmutableList<object>)copy)[0];
        }

        Assert.Equal("end", copy);
    }
}
