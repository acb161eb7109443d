namespace RayOrleans.Overloads;

/// <summary>Writes single overloads.</summary>
internal static class CallWriter
{
    /// <summary>An overload of <c>Remote</c> or <c>Stream</c>.</summary>
    public static string[] Remote(Surface surface, Signature signature)
    {
        Shape shape = signature.Shape;
        string method = shape.IsStream ? "Stream" : "Remote";
        string submit = shape.IsStream ? surface.SubmitStream : surface.Submit;
        string what = surface.Receiver is null
            ? shape.IsStream ? $"Runs {shape.Doc}" : $"Runs {shape.Doc} as a task"
            : shape.IsStream ? $"Calls a method of the actor: {shape.Doc}" : $"Calls the actor: {shape.Doc}";
        return
        [
            $"/// <summary>{what}, with {signature.ArgumentDoc}. Returns at once.</summary>",
            $"/// <returns>{Returned(shape)}</returns>",
            $"[OverloadResolutionPriority({signature.Priority})]",
            $"{surface.Modifiers} {ReturnType(shape)} {method}{TypeParameters(signature)}({Parameters(signature, FunctionType(surface, signature))}){Constraint(shape)} =>",
            $"    {submit}<{shape.Result ?? "Unit"}>({surface.CallStart}new RemoteCall({Invocation(surface, signature, shape.Result)}));",
        ];
    }

    /// <summary>An overload of <c>Actor</c>.</summary>
    public static string[] Actor(Surface surface, Signature signature)
    {
        Shape shape = signature.Shape;
        string returns = shape.Returns!.Replace("R", "TActor", StringComparison.Ordinal);
        string create = surface.Submit.Replace("Submit", "CreateActor", StringComparison.Ordinal);
        string function = shape.Delegate(signature.FunctionParameters(null), returns);
        string types = string.Join(", ", (string[])[.. signature.ArgumentTypes, "TActor"]);
        return
        [
            $"/// <summary>Creates an actor by {(shape.IsAsync ? "an asynchronous" : "a")} constructor function with {signature.ArgumentDoc}. Returns at once.</summary>",
            "/// <returns>The handle; calls made before the constructor has finished wait for it.</returns>",
            $"[OverloadResolutionPriority({signature.Priority})]",
            $"{surface.Modifiers} ActorHandle<TActor> Actor<{types}>({Parameters(signature, function).Replace(" function", " constructor", StringComparison.Ordinal)})",
            "    where TActor : class =>",
            $"    {create}<TActor>(new RemoteCall(new {shape.Name}Invocation<{types}>({string.Join(", ", (string[])["constructor", .. signature.ArgumentNames])})));",
        ];
    }

    /// <summary>An overload of <c>Map</c>.</summary>
    public static string[] Map(Surface surface, Signature signature)
    {
        Shape shape = signature.Shape;
        string item = signature.ReferenceCount == 1 ? "ObjectRef<A>" : "A";
        string reference = ReturnType(shape);
        string function = FunctionType(surface, signature);
        string runtime = surface.Submit.Replace(".Submit", "", StringComparison.Ordinal);
        return
        [
            $"/// <summary>Runs {shape.Doc} as one task for each {(signature.ReferenceCount == 1 ? "referenced object" : "item")}. Returns when all are submitted.</summary>",
            "/// <returns>The results' references, in the order of the source.</returns>",
            $"[OverloadResolutionPriority({signature.Priority})]",
            $"{surface.Modifiers} IReadOnlyList<{reference}> Map{TypeParameters(signature)}(IEnumerable<{item}> source, {function} function){Constraint(shape)}",
            "{",
            "    ArgumentNullException.ThrowIfNull(source);",
            $"    IRemoteTarget to = {runtime};",
            $"    List<{reference}> results = source.TryGetNonEnumeratedCount(out int count) ? new(count) : [];",
            $"    foreach ({item} a in source)",
            "    {",
            $"        results.Add(to.Submit<{shape.Result ?? "Unit"}>(new RemoteCall({Invocation(surface, signature, shape.Result)})));",
            "    }",
            "",
            "    return results.AsReadOnly();",
            "}",
        ];
    }

    private static string ReturnType(Shape shape) =>
        shape.IsStream ? "ObjectRefStream<T>" : shape.Result is null ? "ObjectRef" : "ObjectRef<R>";

    private static string Returned(Shape shape) =>
        shape.IsStream ? "The references, as the items appear." : shape.Result is null ? "Completes when the function has ended; await it for its failure." : "The future result.";

    private static string FunctionType(Surface surface, Signature signature)
    {
        IEnumerable<string> parameters = signature.FunctionParameters(surface.Receiver);
        return signature.Shape == Shape.Task ? $"in {signature.Shape.Delegate(parameters, "TTask")}" : signature.Shape.Delegate(parameters);
    }

    private static string Parameters(Signature signature, string function) =>
        string.Join(", ", (string[])[$"{function} function", .. signature.Parameters]);

    private static string TypeParameters(Signature signature)
    {
        Shape shape = signature.Shape;
        string[] result = shape == Shape.Task ? ["TTask"] : shape.Result is null ? [] : [shape.Result];
        string[] all = [.. signature.ArgumentTypes, .. result];
        return all.Length == 0 ? "" : $"<{string.Join(", ", all)}>";
    }

    private static string Constraint(Shape shape) => shape == Shape.Task ? " where TTask : Task" : "";

    private static string Invocation(Surface surface, Signature signature, string? result)
    {
        string[] types = [.. signature.FunctionParameters(surface.Receiver), .. result is null ? Array.Empty<string>() : [result]];
        string[] arguments =
        [
            "function",
            .. surface.Receiver is null ? Array.Empty<string>() : ["Arg<TActor>.Actor"],
            .. signature.ArgumentNames,
            .. signature.WithToken ? ["default"] : Array.Empty<string>(),
        ];
        string generic = types.Length == 0 ? "" : $"<{string.Join(", ", types)}>";
        return $"new {signature.Shape.Name}Invocation{generic}({string.Join(", ", arguments)})";
    }
}
