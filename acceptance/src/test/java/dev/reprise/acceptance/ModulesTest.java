package dev.reprise.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checks the dependencies between the product's modules, and that class names are unique. */
class ModulesTest {
  /** The modules that each module may depend on. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "contract", Set.of(),
          "broker", Set.of(),
          "runtime", Set.of("contract"),
          "spool", Set.of("contract", "runtime"),
          "extractor", Set.of("contract", "runtime", "spool"),
          "evaluation", Set.of("contract", "runtime"),
          "inference", Set.of("contract", "runtime", "evaluation"),
          "similarity", Set.of("contract"),
          "api", Set.of("contract", "runtime", "similarity", "spool"),
          "cli",
              Set.of(
                  "contract",
                  "runtime",
                  "spool",
                  "extractor",
                  "evaluation",
                  "inference",
                  "similarity",
                  "api",
                  "broker"));

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ALLOWED.keySet().stream().map(ModulesTest::root).toList());

  @Test
  void modulesDependOnAllowedModulesOnly() {
    ALLOWED.forEach(
        (module, allowed) -> {
          String[] others =
              ALLOWED.keySet().stream()
                  .filter(other -> !other.equals(module) && !allowed.contains(other))
                  .map(other -> root(other) + "..")
                  .toArray(String[]::new);
          noClasses()
              .that()
              .resideInAPackage(root(module) + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others)
              .allowEmptyShould(false)
              .check(classes);
        });
  }

  /** Except generated records, whose names recur in each version of a schema. */
  @Test
  void classNamesAreUnique() {
    Map<String, List<String>> byName =
        classes.stream()
            .filter(type -> type.getEnclosingClass().isEmpty())
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .filter(type -> !type.getPackageName().matches(".*\\.v\\d+"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));
    assertThat(byName).hasSizeGreaterThan(300);
    assertThat(byName.values()).allSatisfy(names -> assertThat(names).hasSize(1));
  }

  /** The image is built from these folders; Maven also reads the other modules' pom.xml. */
  @Test
  void theImageIsBuiltFromEveryModule() throws IOException {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    List<String> modules =
        Pattern.compile("<module>(.+)</module>")
            .matcher(pom.substring(0, pom.indexOf("</modules>")))
            .results()
            .map(module -> module.group(1))
            .toList();
    assertThat(modules).containsAll(ALLOWED.keySet());
    assertThat(Files.readAllLines(Path.of("..", ".dockerignore")))
        .containsAll(
            modules.stream()
                .map(module -> "!" + module + (ALLOWED.containsKey(module) ? "" : "/pom.xml"))
                .toList());
  }

  private static String root(String module) {
    return "dev.reprise." + module;
  }
}
